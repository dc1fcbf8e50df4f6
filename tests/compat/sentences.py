"""Of every kind of script, joined and mixed signs, nothing at all, and one that is cut."""

SENTENCES = [
    "日本語の文を一つ。",
    "ประโยคภาษาไทย",
    "جملة بالعربية",
    "हिन्दी का एक वाक्य।",
    "አንድ የአማርኛ ዓረፍተ ነገር።",
    "བོད་སྐད་ཀྱི་ཚིག་གྲུབ་ཅིག",
    "မြန်မာစာကြောင်းတစ်ကြောင်း။",
    "One sentence in English.",
    "ﾊﾝｶｸ と 全角ＡＢＣ １２３ ㍿",
    "e\u0301 é 👩‍👩‍👧‍👦 🇯🇵 שלום 123 abc",
    "",
    " \t ",
    "猫",
    " ".join(["a long one that is cut somewhere"] * 40),
]
