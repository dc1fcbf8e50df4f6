"""Of every kind of script, and one that is cut."""

SENTENCES = [
    "日本語の文を一つ。",
    "ประโยคภาษาไทย",
    "جملة بالعربية",
    "हिन्दी का एक वाक्य।",
    "አንድ የአማርኛ ዓረፍተ ነገር።",
    "བོད་སྐད་ཀྱི་ཚིག་གྲུབ་ཅིག",
    "မြန်မာစာကြောင်းတစ်ကြောင်း။",
    "One sentence in English.",
    " ".join(["a long one that is cut somewhere"] * 40),
]
