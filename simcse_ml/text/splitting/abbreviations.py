"""Abbreviations by language: what a full stop behind them says nothing about.

Written without the last stop, in lower case. Single letters (initials) and words with stops inside (e.g., т.е., ق.م.)
are known by their form and stand here only if they may end a sentence. A language that is not here has those alone.
"""

from __future__ import annotations

from collections.abc import Mapping

NEVER_LAST: Mapping[str, str] = {
    "en": """mr mrs ms mx messrs dr prof rev fr hon gen col lt lieut capt cmdr sgt cpl maj adm gov sen rep pres st mt
        ft no nos vol vols fig figs eq sec ch chap p pp ed eds cf vs viz approx ca nov jan feb mar apr jun jul aug
        sept sep oct dec mon tue wed thu fri sat dept univ inst art op al min max incl est cap gal av ave blvd rd
        trans illus""",
    "de": """dr prof hr fr frl dipl ing med phil jur rer nat habil hc st nr nrn bd bde bzw ca vgl evtl ggf sog inkl
        exkl zzgl abs art aufl ausg bes dgl ebd etwa gegr geb gest ggü hg hrsg hl jh jhdt kap kgl lat lt max min mind
        mio mrd str s t tel tab abb urspr verh vs zt zb jan feb mär apr jun jul aug sep sept okt nov dez mo di mi do
        fr sa so österr schweiz dt engl frz ital span röm griech allg angebl bspw chr kfm maßg nördl südl östl westl
        sen jun anm bearb erg f ff""",
    "fr": """m mm mme mmes mlle mlles dr me mgr pr prof st ste sté cie art chap fig vol t p pp éd ex cf env av apr j bd
        boul av pl n no nos numéro tél janv févr avr juil sept oct nov déc hab max min réf trad dir coll suiv ch s""",
    "es": """sr sra sres sras srta dr dra drs dras prof profa d dña da dn fr ing lic arq gral cnel cap tte sgto mons
        pbro st sta sto núm n no nº art cap fig pág págs p pp vol t tel ej av avda c ca aprox máx mín ed eds depto
        dpto prov gob ud uds vd vds admón cía""",
    "pt": """sr sra srs sras srta dr dra drs prof profa eng arq gen cel cap ten sgt d dom fr pe st sta sto n no nº núm
        art cap fig pág págs p pp vol t tel ex av r ca aprox máx mín ed eds depto cia exmo exma il""",
    "it": """sig sigg sigra dott dr prof avv ing arch geom rag on mons gen col cap ten magg s ss st art cap fig pag
        pagg p pp vol vv n nn no tel es ca max min ed cit cfr sec rif tav ecc.mo ill""",
    "ca": "sr sra dr dra prof st sta núm art cap fig pàg p pp vol tel ex av ca aprox ed c",
    "gl": "sr sra dr dra prof st sta núm art cap fig páx p pp vol tel ex av ca aprox ed c",
    "ro": """dl dna dra dr prof ing av gen col cap lt sf st art cap fig pag p vol nr tel ex str bd ca aprox min max ed
        cf jud loc mun""",
    "nl": """dhr mevr mw mej dr drs ir ing prof mr ds st nr nrs blz p pp art hfst fig vol tel bijv bv vgl evt ca incl
        excl max min resp zgn ned eng fr dts jl sept okt nov dec jan feb mrt apr jun jul aug str a.u.b red""",
    "af": "mnr mev mej dr prof ds st nr bl p art fig tel bv vgl ca",
    "sv": """hr fr dr prof ing st nr kap s sid fig tel bl ca dvs ev exkl inkl jfr kl max min resp sk tex t tom tr vol
        jan febr apr aug sept okt nov dec milj mrd""",
    "da": """hr fr dr prof ing st nr kap s fig tel bl ca dvs evt ekskl inkl jf jvf kl maks min resp sml vol jan febr
        apr aug sept okt nov dec mio mia f""",
    "no": """hr fr dr prof ing st nr kap s fig tel bl ca dvs ev eks ekskl inkl jf jfr kl maks min resp vol jan feb apr
        aug sept okt nov des mill mrd f""",
    "is": "hr fr dr prof nr bls kap mynd sbr ca kl jan feb apr ágú sept okt nóv des þús millj",
    "fi": "hra rva nti tri tri prof toht maist nk nro n s ks vrt esim mm ns ts eli os puh synt kuol klo milj mrd kpl",
    "et": "hr pr prl dr prof nr lk vrd vt nn nt näit ca u kell milj mld tn tel",
    "lv": "dr prof nr lpp sk piem apm t tūkst milj mljrd tel g gs sal",
    "lt": "dr prof nr p psl žr pvz apie tūkst mln mlrd tel gerb doc vysk kun g pr m",
    "pl": """p pan dr prof hab inż mgr lek dyr red ks św gen płk kpt por nr str s t rozdz rys tab tel np m.in tzw tj ok
        ca ul al pl os im wg por zob ww ob poł pocz godz woj pow gm zł tys mln mld""",
    "cs": """p pan pí dr mgr ing mudr judr phdr prof doc gen plk kpt č čís s str obr tab kap tel např tj tzv resp popř
        ca cca ul nám tř sv srov viz zn kč tis mil mld""",
    "sk": """p pán dr mgr ing mudr judr phdr prof doc gen plk č čís s str obr tab kap tel napr tj tzv resp popr ca cca
        ul nám sv porov tis mil mld""",
    "sl": "g ga gdč dr mag prof doc inž št str gl sl npr oz tj tim ul tel sv ok mio mrd tis",
    "hr": "g gđa dr mr prof doc ing br str sl npr tj tzv odn ul tel sv sc usp vidi tis mil god st",
    "sr": """g gđa dr mr prof doc inž br str sl npr tj tzv odn ul tel sv god г гђа др мр проф доц инж бр стр сл нпр тј
        тзв ул св""",
    "hu": """dr prof ifj id özv br gr kb pl ill ún stb ált kft old sz szt u u.n vö tel jan febr márc ápr jún júl aug
        szept okt nov dec""",
    "ru": """г гг ул д кв корп стр с рис табл см ср им акад проф доц инж канд д-р св о обл р-н пос дер пл пр просп пер
        бул тыс млн млрд руб коп гл ст п пп ч т тт изд ред вып ок напр нач кон род ум англ нем фр лат греч рус франц
        исп ит яп кит др-греч тел проч яз""",
    "uk": """р рр м вул буд кв корп с стор рис табл див пор ім акад проф доц інж канд д-р св о обл р-н с-ще смт пл пр
        просп пров бул тис млн млрд грн коп гл ст п пп ч т тт вид ред вип бл напр народ англ нім фр лат грец рос укр
        тел""",
    "be": """г гг вул д кв с мал табл гл імя акад праф дац св вобл р-н тыс млн млрд руб ст п ч т выд рэд напр англ ням
        лат""",
    "bg": """г гр ул бул бл ет ап с стр фиг табл вж ср акад проф доц инж д-р св о обл тел хил млн млрд лв ст гл т изд
        ред напр ген полк""",
    "mk": "г гр ул бр с стр сл види акад проф доц инж д-р св тел хил мил",
    "kk": "ж жж қ к б бет көш обл акад проф мың млн млрд т",
    "ky": "ж жж к б бет көч обл акад проф миң млн млрд",
    "tt": "е ел б бит ур акад проф мең млн млрд",
    "mn": "г х х.х он акад проф дугаар",
    "hy": "թթ թ դդ դ էջ հ հտ գլ տես պրոֆ դոկ ակադ փող հզր մլն մլրդ խմբ",
    "ka": "გვ თბ პროფ აკად დოქ იხ შდრ ქ ქ-ნი ბ-ნი სოფ მდ წ წწ ს საუკ ათ მლნ",
    "el": """κ κα κος κκ δρ καθ αγ βλ σελ σσ εικ κεφ αρ αριθ τηλ τόμ τομ δηλ λ.χ οδ λεωφ εκατ δισ χιλ στρ ίδ πρβλ μτφρ
        επιμ εκδ ιαν φεβ μαρ απρ αυγ σεπτ οκτ νοε δεκ""",
    "tr": """dr prof doç yrd av müh alb yzb gen sn hz st bkz s sf ss no nr cad sok mah bul apt kat örn yak yy age çev
        haz der yay bs c tel ing alm fr lat ar far""",
    "az": "dr prof dos akad müh bax səh s no küç pr tel məs əsr il red",
    "uz": "dr prof dots akad qarang bet b no koʻch tel mas",
    "sq": "z znj dr prof ing nr f fq fig tel p.sh rr bul av shih",
    "eu": "jn and dr prof or orr zk ir kap tel adib ik",
    "cy": "mr mrs dr prof parch st rhif tud t gw e.e",
    "ga": "an dr prof lch uimh m.sh",
    "eo": "s-ro s-ino d-ro prof ekz ktp p n-ro vol vd t.e",
    "mt": "sur sra dr prof nru p art",
    "id": """dr drs dra ir prof hj h kh st tn ny sdr sdri no hlm hal vol gbr tab tel jl jln kec kab prov rp
        yth bpk ttd""",
    "ms": "dr prof ir hj tn puan en no hlm jld rajah tel jln kg ptd rm",
    "tl": "g gng bb dr dra prof atty engr hon sen rep gob kgg blg st sta sto no p",
    "vi": "tp ths ts gs pgs bs ks tx q p tr nxb đ số st mr mrs",
    "sw": "bw bi dkt prof mhe mt st na uk k.m n.k",
    "ha": "dr prof alh mal",
    "yo": "dr prof ọgb",
    "ar": "د أ م ص ط ت ش ج ه ق ك ب س ع د.م هـ ر مج أ.د",
    "fa": "م ق ه ش ص ج ر ک خ پ آ ت ن ر.ک مهندس",
    "ur": "م ھ ص ج ء ڈ",
    "ps": "م ه ش ص ج د",
    "ckb": "د پ م ز ل ب",
    "he": "ד פרופ עמ מס",
    "yi": "ד ר פּראָפֿ",
    "hi": """डॉ डा डॉक्टर श्री श्रीमती सुश्री प्रो पं कु मो स्व ई ई.पू सं रु क्र पृ पृष्ठ अ कि मि मी सेमी किमी एम एस एन
        एल एफ आर एच के जे वी टी पी सी बी डी जी यू ओ ए आई वाई एक्स""",
    "mr": """डॉ श्री श्रीमती सौ प्रा पं कु स्व ई इ इ.स क्र पृ रु कि मी से एम एस एन एल आर एच के जे वी व्ही टी पी सी बी
        डी जी""",
    "ne": "डा डॉ श्री श्रीमती प्रा प्रो पं स्व ई ई.पू वि वि.सं नं क्र पृ रु कि मी मि",
    "bn": """ড ডা ডঃ ড\u09c9 মি মিসেস মো মোঃ মোহা প্রো অধ্যাপক শ্রী শ্রীমতী খ্রি খৃ পৃ নং এম এস এন এল আর এইচ কে জে টি
        পি সি বি ডি জি এ""",
    "gu": "ડૉ ડો શ્રી શ્રીમતી પ્રો પં સ્વ ઈ ઇ ઈ.સ ક્ર પૃ રૂ કિ મી એમ એસ એન એલ આર એચ કે જે વી ટી પી સી બી ડી જી",
    "pa": "ਡਾ ਸ ਸ੍ਰ ਸ਼੍ਰੀ ਸ੍ਰੀ ਪ੍ਰੋ ਪੰ ਈ ਨੰ ਰੁ ਕਿ ਮੀ ਐਮ ਐੱਮ ਐਸ ਐੱਸ ਐਨ ਆਰ ਕੇ ਜੇ ਟੀ ਪੀ ਸੀ ਬੀ ਡੀ ਜੀ",
    "or": "ଡା ଡ ଡଃ ଶ୍ରୀ ଶ୍ରୀମତୀ ପ୍ରଫେସର ପ୍ରଫ ଖ୍ରୀ ନଂ ଟ କି ମି ଏମ ଏସ ଏନ ଆର କେ",
    "ta": """திரு திருமதி செல்வி டாக்டர் டா பேரா முனைவர் கி பி மு ரூ எண் பக் எம் எஸ் என் எல் எஃப் ஆர் எச் கே ஜே வி டி
        பி சி ஜி டபிள்யூ இரா சு""",
    "te": "డా శ్రీ శ్రీమతి ప్రొ క్రీ పూ శ రూ నం పే ఎం ఎస్ ఎన్ ఎల్ ఆర్ హెచ్ కె జె వి టి పి సి బి డి జి",
    "kn": "ಡಾ ಶ್ರೀ ಶ್ರೀಮತಿ ಪ್ರೊ ಕ್ರಿ ಪೂ ಶ ರೂ ನಂ ಪು ಎಂ ಎಸ್ ಎನ್ ಎಲ್ ಆರ್ ಎಚ್ ಕೆ ಜೆ ವಿ ಟಿ ಪಿ ಸಿ ಬಿ ಡಿ ಜಿ",
    "ml": "ഡോ ശ്രീ ശ്രീമതി പ്രൊഫ ക്രി രൂ നം പേ എം എസ് എൻ എൽ ആർ എച്ച് കെ ജെ വി ടി പി സി ബി ഡി ജി",
    "si": "ආචාර්ය මහා පූජ්‍ය රු අංක පි ක්‍රි ඒ බී සී ඩී ඊ එෆ් ජී එච් අයි ජේ කේ එල් එම් එන් පී ආර් එස් ටී වී ඩබ්",
    "lo": "ດຣ ທ ນ ຄ.ສ ພ.ສ ສ.ປ.ປ ສປປ",
}  # fmt: skip

MAY_BE_LAST: Mapping[str, str] = {
    "en": """etc inc ltd co corp jr sr bros a.m p.m a.d b.c c.e b.c.e u.s.a u.k ph.d m.d b.a m.a b.sc m.sc d.c esq al
        rd ave blvd""",
    "de": "usw etc u.a o.ä u.ä n.chr v.chr z.t gmbh ag co",
    "fr": "etc cie ltée av.j.-c j.-c j.c",
    "es": "etc a.c d.c ee.uu s.a s.l cía a.m p.m",
    "pt": "etc a.c d.c s.a ltda cia",
    "it": "ecc etc a.c d.c s.p.a s.r.l",
    "ca": "etc a.c d.c",
    "gl": "etc a.c d.c",
    "ro": "etc ș.a ş.a ș.a.m.d î.hr d.hr",
    "nl": "enz etc e.d d.w.z n.chr v.chr o.a",
    "sv": "osv etc m.m m.fl e.kr f.kr o.d",
    "da": "osv etc mv m.m m.fl e.kr f.kr",
    "no": "osv etc mv m.m m.fl e.kr f.kr",
    "is": "o.s.frv o.fl f.kr e.kr",
    "fi": "jne ym yms eaa jaa ekr jkr e.kr j.kr",
    "et": "jne jm jms e.kr p.kr",
    "lv": "utt u.c u.tml p.m.ē m.ē",
    "lt": "ir.t.t ir.kt t.t pan m.e pr.kr",
    "pl": "itd itp r w n.e p.n.e",
    "cs": "atd apod aj ap n.l př.n.l",
    "sk": "atď atp a.i n.l pred.n.l",
    "sl": "itd ipd n.št pr.n.št",
    "hr": "itd sl n.e pr.n.e",
    "sr": "itd sl n.e pr.n.e итд сл н.е п.н.е",
    "hu": "stb kr.e kr.u i.e i.sz",
    "ru": "г гг в вв руб коп др пр э н.э чел ч мин сек т.д т.п т.е.д км м кг",
    "uk": "р рр ст ін грн коп н.е т.д т.п т.ін ч хв чол",
    "be": "г гг інш н.э т.д т.п руб",
    "bg": "г в др лв н.е пр.н.е т.н т.н.т",
    "mk": "г др н.е",
    "el": "κ.λπ κλπ κ.ά κ.α κ.ο.κ π.Χ μ.χ π.χ.ρ π.μ μ.μ α.ε ο.ε",
    "tr": "vb vs vd m.ö m.s a.ş ltd şti",
    "az": "və.s b.e.ə",
    "sq": "etj e.s p.e.s",
    "eu": "eta.abar etab k.a k.o",
    "id": "dll dsb dst dkk m sm",
    "ms": "dll dsb sdn bhd m sm",
    "vi": "v.v vv scn tcn",
    "eo": "ktp k.t.p k.a a.k.e p.k.e",
    "ar": "إلخ الخ هـ م",
    "ka": "შ ა.შ და.ა.შ ძვ.წ",
    "hy": "թ թթ ք.ա մ.թ.ա",
    "lo": "ຯລຯ",
}  # fmt: skip

NAMES: Mapping[str, str] = {
    "ja": "モーニング娘 モー娘 カントリー娘 ゲスの極み乙女 Yahoo Hey Say",
    "zh": "Yahoo",
}
"""names with a mark inside that looks like the end of a sentence; a particle or a comma goes on behind them"""


def abbreviations(table: Mapping[str, str], codes: tuple[str, ...]) -> frozenset[str]:
    """The entries of the first of `codes` that the table has; English ones where it has none."""
    return frozenset(next((table[code].split() for code in codes if code in table), table["en"].split()))
