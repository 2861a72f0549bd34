"""What publishing tools add in German, French and Spanish, and what only sounds like it; what
readers wrote below an article, and what an article says of comments."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.test_clean import PROSE, article, raw
from twin_core.features.clean import clean
from twin_core.features.footer_rules import CALLS
from twin_core.features.footers import AFTERCALLS, AFTERWORDS, COMMENTS, call, footers_all, without
from twin_core.markdown import blocks

REMOVED = [
    "[Jetzt abonnieren](https://fern.example/abo)",
    "Vielen Dank fürs Lesen! Abonniere kostenlos, um neue Beiträge zu bekommen.",
    "Du kannst dich jederzeit wieder abmelden.",
    "Newsletter abbestellen",
    "[Abmelden](https://fern.example/aus)",
    "Du erhältst diese E-Mail, weil du dich auf fern.example angemeldet hast.",
    "Teile diesen Beitrag",
    "Melde dich jetzt für meinen kostenlosen Newsletter an!",
    "Wenn dir dieser Artikel gefallen hat, teile ihn gern mit deinen Freunden.",
    "Folge mir auf Mastodon: @ada@fern.example",
    "Zuerst erschienen auf fern.example am 3. Mai.",
    "© Fern Notes. Alle Rechte vorbehalten.",
    "Twitter | Facebook | Per E-Mail teilen | Drucken",
    "3 Gefällt mir ∙ 2 Kommentare",
    "5 Minuten Lesezeit",
    "### Das könnte dich auch interessieren\n\n- [Moos](https://fern.example/moos)",
    "## Kommentar schreiben\n\nName",
    "## Kommentare\n\nBob sagt: Toller Beitrag!\n\nEva schreibt: Danke dafür.",
    "## 2 Kommentare\n\nMaya\n\nvor 3 Tagen\n\nDas sehe ich auch so.\n\nAntworten",
    "Se désabonner",
    "Vous pouvez vous désabonner à tout moment.",
    "[Partager cet article](https://fern.example/p)",
    "Merci d'avoir lu jusqu'ici ! Abonnez-vous pour recevoir les prochains billets.",
    "Abonnez-vous à la newsletter pour ne rien manquer.",
    "Vous recevez cet e-mail car vous êtes inscrit à notre liste.",
    "Si cet article vous a plu, partagez-le autour de vous.",
    "Suivez-moi sur Mastodon",
    "© Fern. Tous droits réservés.",
    "## Articles similaires\n\n- [Mousse](https://fern.example/mousse)",
    "## Commentaires\n\nLéa dit : Très bel article.\n\nil y a 2 jours\n\nPaul a écrit : Merci.",
    "Darse de baja",
    "Puedes darte de baja en cualquier momento.",
    "Comparte este artículo",
    "Gracias por leer. Suscríbete gratis para recibir nuevas entradas.",
    "Recibes este correo porque te suscribiste en fern.example.",
    "Si te ha gustado este artículo, compártelo.",
    "Sígueme en Mastodon",
    "Todos los derechos reservados.",
    "## Entradas relacionadas\n\n- [Musgo](https://fern.example/musgo)",
    "## 2 comentarios\n\nAna dice: Muy bueno.\n\nhace 2 días\n\nResponder",
    "## Comments\n\nBob says: great post\n\nAmy Lee wrote: Thanks for this!",
    "## 3 comments\n\n- **Bob** says: great post\n- Amy says: same here\n- Cy says: no",
    "## 2 Comments\n\n**Jim** March 3, 2024\n\nGreat post.\n\n"
    "**Sara** March 4, 2024\n\nI disagree.",
    "### Comments (2)\n\nJim Smith: Great post, I loved the oven.\n\n"
    "Sara: In Italy we do otherwise.",
    "You're receiving this because you subscribed at fern.example.\n\n"
    "Unsubscribe https://fern.example/u",
    "You are receiving this because you signed up for my newsletter.\n"
    "Unsubscribe: https://fern.example/u",
    "Our mailing address is: Fern Ltd, 12 Mill Lane, Leeds",
    "Our mailing address is:\nFern Ltd.\n12 Mill Lane\nLeeds\n\n"
    "Want to change how you receive these emails?\n"
    "You can [update your preferences](https://x.example) or [unsubscribe](https://y.example) "
    "from this list.",
    "[Manage your subscription preferences](https://fern.example/p)",
    "[View this email in your browser](https://fern.example/1)",
    "View this email in your browser",
    "Join 5,000+ subscribers",
    "Join over 12k readers today!",
    "What did you think of today's issue?\n\n- [😍 Loved it](https://x.example/1)\n"
    "- [😐 It was fine](https://x.example/2)",
    "### How did you like this issue?\n\n[👍](https://x.example/1) | [👎](https://x.example/2)",
    "If you enjoyed this article, please consider [buying me a coffee](https://x.example) ☕",
    "## Webmentions\n\n- Bob liked this",
    "## Webmentions\n\n- Bob liked this\n- Amy Lee reposted this\n- jo@fern.example bookmarked",
    "## コメント (2)\n\n太郎 2024年3月4日\n\nとても良い。\n\n花子 2024年3月5日\n\n同感です。",
]
KEPT = [
    "You're receiving this because you signed up to be my friend, which was brave of you.",
    "You are receiving this because you subscribed to the wrong god.",
    "Our mailing address is a barn, and the goat reads it first.",
    "Our mailing address is: nowhere, for now.",
    "You can update your preferences whenever you like, but they stay yours.",
    "Update your preferences.",
    "Unsubscribe https handlers before you subscribe others.",
    "Open in a browser.",
    "View this email in your browser was the first line that I learnt to hate.",
    "Join 40 readers on Sunday in the square, and bring bread.",
    "What did you think of today's issue?\n\nI thought that it was too long by half.",
    "What did you think of today's issue?\n\n- Loved it, said Bob.\n- Amy said nothing.",
    "What did you think of the bread?\n\n- [Loved it](https://x.example/1)",
    "If you enjoyed this soup, please consider buying me a beer.",
    "If you enjoyed this article, consider becoming a baker.",
    "## Webmentions\n\nNobody liked it.",
    "## Webmentions\n\nBob liked this and wrote to me about the oven that we both had wanted.",
    "Ich habe die Zeitung abbestellt, weil sie nie kam.",
    "Teile diesen Kuchen in acht Stücke.",
    "Abmelden kann man sich bei diesem Dienst nur, wenn man das Passwort noch kennt.",
    "Wir folgen dem Bach, bis er im Moos verschwindet.",
    "Vielen Dank fürs Lesen der Messwerte, sagte sie.",
    "Erschienen ist das Buch 1953.",
    "## Kommentare\n\nEin Kommentar im Code sollte sagen, warum.",
    "## Kommentare in Python\n\nBob sagt: Zeilen mit Raute.\n\nEva sagt: keine Romane.",
    "## Antworten\n\nDer Server antwortet mit 200.",
    "Je me suis désabonné du monde.",
    "Partager un gâteau en huit, c'est facile.",
    "Merci de lire les consignes avant d'allumer le four.",
    "Cet article a été publié en 1953.",
    "## Commentaires\n\nUn commentaire dans le code dit pourquoi.",
    "Me di de baja del gimnasio.",
    "Comparte el pan con quien llegue.",
    "Gracias por leer los contadores cada mes.",
    "## Comentarios\n\nUn comentario en el código dice por qué.",
    "## Comments in Python\n\nBob says: great post\n\nAmy says: a line that starts with a hash.",
    "Unsubscribe handlers should be idempotent, I think, and never ask why.",
    "To unsubscribe a listener, keep the function that subscribe returned.",
    "Subscribe to this topic with a consumer group, and read from the beginning of the log.",
    "Subscribe to receive events from the broker, and acknowledge each of them.",
    "By signing up, users start a saga of eleven services, which is what this article is about.",
    "Type your email parser as a function from string to result, not as a class.",
    "Originally published in Latin, it was translated by monks.",
    "Share: the knife, the bread and the butter with everyone at the table.",
    "Copyright 1998 was the year in which my grandmother lost her recipes to a publisher.",
    "The sign on the door said: all rights reserved.",
    "Find us on Medium heat, between the ovens, any day of the week.",
    "If you like sourdough, follow me into the kitchen, and share this bread.",
    "Thank you for reading drafts of this to Ann and Bob, whose support and notes shaped it.",
    "Sign up for the weekly newsletter was the button; nobody pressed it for a year.",
    "Wikipedia is a reader-supported publication and this is what it teaches us about software.",
    "## Prep time\n\n20 min\n\n## Backzeit\n\n45 Minuten\n\n## Tiempo\n\n20 minutos",
    "## Print\n\nThe print function writes to standard output.\n\n## Like\n\nA pattern of SQL.",
    "Join the sorted list and print it to the screen with one call.",
    "## Newsletter\n\nI started mine with eleven readers.\n\n## Podcast\n\n"
    "It died, as I hate my voice.",
    "## About the author\n\nBarthes killed him in 1967.\n\n## About the reader\n\nShe is alive.",
    "## Stay in touch\n\nCall your grandmother every week.\n\n## Pay your debts\n\nAll of them.",
    "I deleted these from my phone:\n\n- Twitter\n- Facebook\n- Reddit",
    "## Responses\n\nAnna said:\n\nI never weigh water.\n\nPeter said:\n\n"
    "I weigh all of it, twice.",
    "## Discussion\n\nAnna says: I never weigh.\n\nPeter says: I do.\n\nThe answers are my trade.",
    f"# Newsletter\n\n{article(3, 200)}",
    f"## About the author\n\n{article(4, 120)}\n\n{article(5, 60)}",
    f"## Stay updated\n\n{article(6, 90)}",
    f"## Comments\n\nName\n\nEmail\n\nThese are the two fields of a form. {article(7, 60)}",
    f"## Responses\n\nMy mother said:\n\nEat your bread.\n\nMy father said:\n\n{article(8, 60)}",
    f"## Responses\n\nAda says: no. {article(9, 400)}\n\nJo says: yes. {article(10, 400)}",
    "## More by accident\n\nWe found the leak with a flour sieve.",
    "## You may also like Rust\n\nIt has sum types and no null.",
    "## Comments\n\nKnuth wrote: programs are for people. A comment says why.\n\nMore below, "
    "with examples from three of the code bases that I have kept for longer than a decade.",
]


SHARED = [  # links of a share bar, by where they lead
    "wa.me/?text=hi",
    "https://api.whatsapp.com/send?text=hi",
    "[WhatsApp](https://wa.me/?text=hi)",
    "[![Tweet](/t.png)](https://twitter.com/intent/tweet?text=a) [Mail](mailto:?subject=a&body=b)",
    "Teilen: <https://t.me/share/url?url=https://fern.example/1>",
    "- [X](https://x.com/intent/post?text=q)\n- [Reddit](https://www.reddit.com/submit?url=q)",
    "[Mastodon](https://mastodon.example/share?text=q) [Copy](#)",
    "[Pocket](https://getpocket.com/save?url=q) [Instapaper](https://www.instapaper.com/edit?url=q)",
    "Share this article on [LinkedIn](https://www.linkedin.com/sharing/share-offsite/?url=q) or "
    "[Facebook](https://www.facebook.com/sharer/sharer.php?u=q)",
    "Tell your friends: [WhatsApp](https://wa.me/?text=hi)",
    "[E-mail](mailto:?to=&subject=a) [X](https://x.com/intent/post?url=https://e.org/?goto=1)",
]
NOT_SHARED = [
    "Facebook | Twitter | LinkedIn",
    "Facebook Twitter WhatsApp",
    "- Twitter: https://twitter.com/intent/tweet?text=\n- Mail: mailto:?subject=a",
    "https://twitter.com/intent/tweet?text=",
    "https://api.example.org/share?url=a",
    "[Simplify.](https://twitter.com/intent/tweet?text=Simplify)",
    "[Print is dead](https://twitter.com/intent/tweet?text=Print)",
    "[Share what you know](https://twitter.com/intent/tweet?text=Share)",
    "[Send me your answers](mailto:?subject=answers)",
    "[WhatsApp](whatsapp://send?phone=4917212345)",
    "[E-mail](mailto:?subject=Answer&to=ines@example.org)",
    "[Telegram](https://t.me/sharepoint_news)",
    "[Buffer](https://buffer.com/add)",
    "![Twitter](https://twitter.com/share?url=a)",
    "[Copy](#)",
    "Facebook, Twitter, WhatsApp",
    "- Facebook\n- Twitter\n- WhatsApp",
    "A link such as wa.me/?text=hi opens a chat.",
    "`wa.me/?text=hi`",
    "[Tweet me](https://twitter.com/ada)",
    "[I am on WhatsApp](https://wa.me/4917212345)",
    "[Discussed by many](https://news.ycombinator.com/item?id=1)",
    "[“Trust is a habit”](https://twitter.com/intent/tweet?text=Trust)",
]
BY_RULE = {  # each rule by an example of its own; two where it joins two habits
    "thanks for reading": ["Thanks for reading! Subscribe for free to support my work."],
    "reader-supported": ["Fern Notes is a reader-supported publication."],
    "call to subscribe": [
        "Never miss a note. Subscribe now to get the next one",
        "Join my newsletter, it is free",
    ],
    "call to share": ["This post is public so feel free to share it."],
    "button": ["[Continue reading →](https://fern.example/1)", "Zum Inhalt springen"],
    "newsletter's name": ["You're reading Ada's newsletter"],
    "form": ["Type your email…", "By subscribing you agree to our terms."],
    "if you liked this": ["If you enjoyed this, buy me a coffee."],
    "follow me": ["Find me on Mastodon: @ada@fern.example"],
    "call to support": ["Become a patron today!", "Support me on Ko-fi"],
    "first published": ["*Originally published at [fern.example](https://fern.example/1).*"],
    "picture credit": ["Photo by [Jo](https://x.example) on [Unsplash](https://unsplash.com)"],
    "copyright": ["© 2024 Fern Notes"],
    "way to unsubscribe": ["You can unsubscribe at any time.", "Vous pouvez vous désabonner."],
    "closing line": [
        "This post was sent to 3,400 people. Forward it to a friend!",
        "Enjoyed this? Consider buying me a coffee.",
        "Did you find this helpful? Share it with your friends.",
    ],
    "categories": ["Posted in Bread | Tagged oven, flour | Leave a comment", "Tags: bread, oven"],
    "page turner": ["[← Previous post](https://a.example) | [Next post →](https://b.example)"],
    "counts": ["12 Likes ∙ 3 Restacks"],
    "reading time": ["4 min read", "By Mara Lind, 3 min read"],
    "licence": ["This work is licensed under CC BY 4.0.", "Lizenz: CC BY-SA 4.0"],
    "tool's name": ["Powered by [Hugo](https://gohugo.io)", "Betrieben mit WordPress"],
    "way to reply": ["[Reply via email](mailto:ada@fern.example)", "Thoughts? Email me."],
    "dateline": ["Last updated on May 3, 2023.", "Dernière mise à jour : 3 mai 2023"],
    "share bar": [
        "Twitter | Facebook | LinkedIn | Email",
        "Share on WhatsApp: wa.me/?text=hi",
    ],
    COMMENTS: ["## Comments\n\nBob says: great post\n\nAmy wrote: Thanks!"],
    AFTERWORDS: ["### Related posts\n\n- [Moss](https://fern.example/moss)"],
    AFTERCALLS: ["## About the author\n\nAda keeps bees and a garden of ferns."],
}


def test_a_bar_that_could_be_read_in_many_ways_is_read_in_one():
    """2^50 ways, before the rule was made atomic."""
    assert call("share on x " * 50 + "zebra") is None
    assert call("share: " + "share on " * 60 + "!") is None
    assert call("share on x, " * 40) == "share bar"


LATER = f"\n\n{article(11, 90)}"


@pytest.mark.parametrize(
    ("call", "cut"),
    [
        ("[Subscribe now](https://fern.example/s)", True),
        ("This post is public so feel free to share it.", True),
        ("Subscribe", False),
        ("Subscribe to get notified when the state of the store changes.", False),
        (
            "An observable leaks when nobody stops it. Unsubscribe by calling what it returns.",
            False,
        ),
        ("If you like it sour, add a second day; if you read this, share it with nobody.", False),
        ("Follow me on X and you will see nothing, since I left it in 2022 for a garden.", False),
        ("If you enjoyed this post, please consider subscribing.", False),
        ("5 min read", False),
    ],
)
def test_amid_an_article_only_a_tool_s_own_words_are_cut(call: str, cut: bool):
    text = f"{article(12, 90)}\n\n{call}{LATER}"
    assert bool(footers_all([text], [blocks(text)])[0]) == cut


@pytest.mark.parametrize(
    "title",
    ["Comments\n\n", "## Comments\n\n", "## Newsletter\n\n", "Share\n\n", "## A\n\nShare\n\n"],
)
def test_endless_titles_are_read(title: str):
    """Minutes, where each read the rest of the text."""
    text = title * 5000
    (cut,) = footers_all([text], [blocks(text)])
    assert without(text, blocks(text), cut)[0] is not None


def test_an_article_of_nothing_but_footers_says_so():
    (row,) = clean(raw("Subscribe now\n\nShare")).iter_rows(named=True)
    assert row["drop_reason"] == "no text but what was cut: button 2"


def test_every_rule_has_an_example():
    assert BY_RULE.keys() == {*CALLS, COMMENTS, AFTERWORDS, AFTERCALLS}


@pytest.mark.parametrize(("rule", "example"), [(r, e) for r, es in BY_RULE.items() for e in es])
def test_a_cut_names_its_rule(rule: str, example: str):
    text = f"{PROSE.strip()}\n\n{example}"
    (cut,) = footers_all([text], [blocks(text)])
    assert {place: rule for place in range(1, len(blocks(text)))} == cut
    (row,) = clean(raw(text)).iter_rows(named=True)
    assert row["removed_by"] == [{"rule": rule, "blocks": len(cut)}]
    assert row["removed"] == len(cut) and row["text"] == PROSE.strip()


@pytest.mark.parametrize("footer", REMOVED + SHARED)
def test_what_publishing_tools_add_is_removed(footer: str):
    docs = clean(raw(f"{PROSE.strip()}\n\n{footer}"))
    assert docs["text"].to_list() == [PROSE.strip()]
    assert docs["removed"][0] > 0


@pytest.mark.parametrize("own", KEPT + NOT_SHARED)
def test_what_only_sounds_like_it_stays(own: str):
    text = f"{PROSE.strip()}\n\n{own}"
    assert footers_all([text], [blocks(text)]) == [{}]


@pytest.mark.parametrize("title", ["## Comments", "## 2 Kommentare", "## Commentaires"])
def test_comments_end_at_the_next_section_of_the_article(title: str):
    entries = "Bob says: great post\n\n### Amy\n\nAmy says: same here, thanks!"
    text = f"{article(1)}\n\n{title}\n\n{entries}\n\n## Method\n\n{article(2)}"
    assert clean(raw(text))["text"][0] == f"{article(1)}\n\n## Method\n\n{article(2)}"


PLAIN = st.sampled_from([PROSE, "A line.", "Another, of five words.", "## Bread", "---"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(PLAIN | PLAIN | PLAIN | st.sampled_from(REMOVED), max_size=7), max_size=4))
def test_the_look_that_passes_over_most_texts_passes_over_no_footer(
    texts: list[list[str]],
):
    joined = ["\n\n".join(parts) for parts in texts]
    parsed = [blocks(text) for text in joined]
    screened = footers_all(joined, parsed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("twin_core.features.footers._may_be_cut", lambda *_: [True])
        assert footers_all(joined, parsed) == screened
