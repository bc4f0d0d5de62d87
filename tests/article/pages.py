"""Made pages: an article among the things that stand around articles."""

from __future__ import annotations

ARTICLES = {
    "en": (
        "The old bridge opens again",
        "After two years of repairs the old bridge over the river opens to walkers and cyclists on Monday morning.",
        "The town paid four million for the work, a quarter more than the council had planned when it began.",
        "“We found more rust than anybody expected,” said the engineer who led the repairs, “and less stone.”",
        "Cars will have to wait until autumn, because the approach on the northern bank is still being widened.",
    ),
    "de": (
        "Die alte Brücke ist wieder offen",
        "Nach zwei Jahren Bauzeit dürfen Fußgänger und Radfahrer am Montag wieder über die alte Brücke am Fluss.",
        "Die Stadt hat vier Millionen für die Arbeiten bezahlt, ein Viertel mehr, als der Rat anfangs geplant hatte.",
        "„Wir haben mehr Rost gefunden, als wir erwartet hatten“, sagte die Ingenieurin, die den Bau geleitet hat.",
        "Autos müssen noch bis zum Herbst warten, weil die Zufahrt am nördlichen Ufer noch verbreitert wird.",
    ),
    "fr": (
        "Le vieux pont rouvre lundi",
        "Après deux ans de travaux, le vieux pont sur la rivière rouvre lundi matin aux piétons et aux cyclistes.",
        "La ville a payé quatre millions pour les travaux, un quart de plus que ce que le conseil avait prévu.",
        "« Nous avons trouvé plus de rouille que prévu », a dit l'ingénieure qui a dirigé les travaux sur le pont.",
        "Les voitures devront attendre l'automne, car l'accès sur la rive nord est encore en cours d'élargissement.",
    ),
    "pl": (
        "Stary most znów otwarty",
        "Po dwóch latach remontu stary most nad rzeką zostanie w poniedziałek otwarty dla pieszych i rowerzystów.",
        "Miasto zapłaciło za prace cztery miliony, o jedną czwartą więcej, niż rada planowała na samym początku.",
        "„Znaleźliśmy więcej rdzy, niż ktokolwiek się spodziewał” – powiedziała inżynierka kierująca remontem.",
        "Samochody muszą poczekać do jesieni, ponieważ dojazd na północnym brzegu jest wciąż poszerzany przez miasto.",
    ),
    "ja": (
        "古い橋が再び開通",
        "二年間の修理を終えて、川にかかる古い橋は月曜日の朝から歩行者と自転車に再び開放されることになった。",
        "市はこの工事に四百万を支払ったが、これは議会が当初予定していた金額よりも四分の一ほど多かったという。",
        "「誰もが思っていたよりも多くの錆が見つかりました」と、修理を指揮した技師は記者に対して語った。",
        "自動車が通れるようになるのは秋になる見込みで、北側の取り付け道路の拡幅工事がまだ続いているためである。",
    ),
}
_LINKS = "".join(f'<li><a href="/{number}">Topic {number}</a></li>' for number in range(12))


def page(headline: str, body: str, *, head: str = "", lang: str = "en") -> str:
    """A whole page around an article's markup."""
    return f"""<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{headline} | News</title>
<meta property="og:title" content="{headline}">{head}</head><body>
<header><nav><ul>{_LINKS}</ul></nav></header>
<main><article><h1>{headline}</h1>{body}</article>
<aside><h2>Topics</h2><ul>{_LINKS}</ul></aside></main>
<footer><p>© News</p><ul>{_LINKS}</ul></footer></body></html>"""


def article(language: str) -> tuple[str, list[str], str]:
    """The headline and paragraphs of a made article, and its page."""
    headline, *paragraphs = ARTICLES[language]
    return headline, paragraphs, page(headline, "".join(f"<p>{one}</p>" for one in paragraphs), lang=language)
