"""Marks of site generators and note applications become what a reader sees; code stays."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.test_clean import raw
from twin_core.features.clean import clean
from twin_core.features.dialects import as_commonmark


def lines(text: str) -> list[str]:
    """The lines that are not blank."""
    return [line.rstrip() for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('{{< figure src="a.png" title="T" caption="My *cap*" >}}', ["T", "My *cap*"]),
        ('- a\n- {{< figure src="a" caption="cap" >}}\n- b', ["- a", "- cap", "- b"]),
        ('{{% notice tip "A Title" %}}\nBody.\n{{% /notice %}}', ["**A Title**", "Body."]),
        ("See {{< youtube abc >}} now.", ["See now."]),
        ('{{< highlight go "x=1" >}}\na := `b`\n{{< / highlight >}}', ["```go", "a := `b`", "```"]),
        ("Run {{< highlight sh >}}ls{{< /highlight >}} now", ["Run `ls` now"]),
        ('[Text]({{< ref "x.md" >}}) and [b]({{< relref "y" >}} "t")', ["Text and b"]),
        ('`{{</* x */>}}` or {{</* ref "x" */>}}', ['`{{< x >}}` or `{{< ref "x" >}}`']),
        ("```\n{{%/* x */%}}\n{{< raw >}}\n```", ["```", "{{% x %}}", "{{< raw >}}", "```"]),
        (
            "{% highlight ruby linenos %}\nx\n```\ny\n{% endhighlight %}",
            ["````ruby", "x", "```", "y", "````"],
        ),
        (
            "1. a\n\n   {% highlight ruby %}\nx\n   {% endhighlight %}",
            ["1. a", "   ```ruby", "   x", "   ```"],
        ),
        ('a {% include x.html %} b\n\n{% include f.html caption="Cap" %}', ["a b", "Cap"]),
        ("[p]({% post_url 2020-01-01-x %}) [q]({% link _posts/x.md %}#f)", ["p q"]),
        ('![a]({{ site.url }}/x) [c]({{ "/d" | relative_url }})', ["![a](/x) [c](/d)"]),
        ("[a][1]\n\n[1]: {% post_url x %}", ["[a][1]", "[1]: #"]),
        ("{% raw %}{{ x }}{% endraw %} in prose", ["`{{ x }}` in prose"]),
        ("```y\n{% raw %}\n{{ b }}\n{% endraw %}\n```", ["```y", "{{ b }}", "```"]),
        ("`{% raw %}{{ b }}{% endraw %}`", ["`{{ b }}`"]),
        ("{% comment %} no {% endcomment %}{% if a %}yes{% endif %}", ["yes"]),
        ("# H {#id}\n\nP\n{: .note}\n\n* TOC\n{:toc}", ["# H", "P"]),
        ('[l](x){:target="_blank"} *e*{: .r} `c`{:.r} [s]{.caps}', ["[l](x) *e* `c` s"]),
        ("{% codeblock t lang:js %}\na\n{% endcodeblock %}", ["```js", "a", "```"]),
        ('{% asset_img a.png "A title" %}', ["A title"]),
        ("{% blockquote Me %}\nQuoted\nlines\n{% endblockquote %}", ["> Quoted", "> lines"]),
        ("{% link My words http://x.y/ external %}", ["[My words](http://x.y/)"]),
        (":::note Title\nBody\n:::\n\n::: tip\nB\n:::", ["**Title**", "Body", "B"]),
        ("::::warning[Own]\n:::info\nin\n:::\nout\n::::", ["**Own**", "in", "out"]),
        ("::: {.class #id}\ntext\n:::", ["text"]),
        (
            '!!! note "T"\n    Body\n\n    ```py\n    x = 1\n    ```\n\n    !!! tip\n        in',
            ["**T**", "Body", "```py", "x = 1", "```", "in"],
        ),
        ('=== "Mac"\n    brew', ["**Mac**", "brew"]),
        ("import X from '../x'\nimport {\n a } from \"c\";\n\nText", ["Text"]),
        ("export const meta = {\n  a: 1\n}\n\nText", ["Text"]),
        ('<Tab value="a" label="Mac">\n\nText <Key>x</Key>.\n\n</Tab>', ["**Mac**", "Text x."]),
        ('<Figure\n  src={a.b}\n  caption="Cap"\n/>\n{/* gone */}', ["Cap"]),
        ("a ![[i.png]] [[Note|shown]], [[Dir/Note#H]]", ["a  shown, Note"]),
        ("a\n\n%% gone %%\n\nb %%c%% d", ["a", "b d"]),
        ("A paragraph. ^block-1", ["A paragraph."]),
        ("> [!note]- Title\n> body\n>\n> - item", ["**Title**", "body", "- item"]),
        ("> [!quote] Ada\n> words", ["> **Ada**", "> words"]),
        ("[TOC]\n\n[[toc]]\n\nText", ["Text"]),
    ],
)
def test_a_mark_becomes_what_a_reader_sees(written: str, read: list[str]):
    assert lines(as_commonmark(written)) == read
    assert as_commonmark(as_commonmark(written)) == as_commonmark(written)
    assert lines(as_commonmark(written.replace("\n", "\r\n"))) == read


def test_the_label_of_a_tab_stands_apart_from_its_body():
    mac = '{{< tab "Mac" >}}brew install fern{{< /tab >}}'
    linux = '{{< tab "Linux" >}}apt install fern{{< /tab >}}'
    read = as_commonmark("\n".join(["{{< tabs >}}", mac, linux, "{{< /tabs >}}"]))
    assert read.strip() == ("**Mac**\n\nbrew install fern\n\n**Linux**\n\napt install fern")


TABS = """<Tabs>
  <TabItem value="apple" label="Apple">
    This is an apple
  </TabItem>
  <TabItem value="npm">

    1. One

       - nested

    ```js
    if (a) {
        b
    }
    ```

  </TabItem>
</Tabs>"""
TABS_READ = "**Apple** |This is an apple|**npm**|1. One|   - nested|```js|if (a) {|    b|}|```"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (TABS, TABS_READ.replace(" |", "|").split("|")),
        (f"- a\n\n{TABS}".replace("\n", "\n  "), ["- a", *TABS_READ.replace(" |", "|").split("|")]),
        ("<Card>\n  <Body>\n    text\n  </Body>\n</Card>", ["text"]),
        ("<Card>\n\n    <Body>\n\n        text\n\n    </Body>\n\n</Card>", ["text"]),
        ("<Card\n  a={1}\n>\n\n\ttext\n\n</Card>", ["text"]),
        ("<Card>\n    text\n    <Other/>\n    more</Card>", ["text", "more"]),
        (
            '{{< tabs >}}\n  {{< tab "macOS" >}}\n    text\n  {{< /tab >}}\n'
            '  {{% tab "npm" %}}\n\n    {{< highlight sh >}}\n    ls\n    {{< /highlight >}}\n'
            "  {{% /tab %}}\n{{< /tabs >}}",
            ["**macOS**", "text", "**npm**", "```sh", "ls", "```"],
        ),
        ("<Ab>\n\n    in\n\n</Ab>\n\n    code\n", ["in", "    code"]),
    ],
)
def test_a_body_loses_the_indentation_that_its_tags_gave_it(written: str, read: list[str]):
    shown = lines(as_commonmark(written))
    if written.startswith("- a"):
        shown = [shown[0], *(line.removeprefix("  ") for line in shown[1:])]
    assert shown == read
    assert as_commonmark(as_commonmark(written)) == as_commonmark(written)


@pytest.mark.parametrize(
    "module",
    [
        "export default function Page({children}) {\n  const a = '}';\n\n"
        "  return <div>{children}</div>\n}",
        "export const x = {\n  a: 1,\n\n  b: {c: 2},\n\n  // }\n}",
        "export const list = [\n  1,\n\n  2,\n];",
    ],
)
def test_a_module_goes_on_to_its_last_brace(module: str):
    assert lines(as_commonmark(f"{module}\n\nText {{x}}\n\n}}\n")) == ["Text {x}", "}"]


def test_a_module_that_nothing_closes_is_its_paragraph():
    written = "export const x = {\n  a: 1,\n\nText\n\nimport X from 'x'\n\n}\n"
    assert lines(as_commonmark(written)) == ["Text", "}"]
    assert lines(as_commonmark("export const x = {\n\n" + "Text\n" * 300 + "}"))[0] == "Text"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            'The bread{{< sidenote "right" >}}Rye, of course.{{< /sidenote >}} was good.',
            "The bread (Rye, of course.) was good.",
        ),
        ("The bread {{< sidenote >}}Rye{{< /sidenote >}}was.", "The bread (Rye) was."),
        ("H{{< sub >}}2{{< /sub >}}O", "H2O"),
        ('{% include image.html src="a" description="A view." alt="x" %}', "A view."),
        ('{% include image.html src="a" caption="A view." %}', "A view."),
        ('<TabItem label="npm">\n\n</TabItem>', "**npm**"),
        ('{{< tab "npm" >}}{{< /tab >}}', "**npm**"),
        ('{{< tab name="npm" >}}{{< /tab >}}', "**npm**"),
        ("a %%an old note, page 5%% b", "a b"),
        ('{{< tab "A" >}}x{{< /tab >}}{{< tab "B" >}}y{{< /tab >}}', "**A**\n\nx\n\n**B**\n\ny"),
        ('- {{< tab "A" >}}x{{< /tab >}}\n- b', "- **A**\n\n  x\n- b"),
        ('A {{< abbr title="x" >}}HTML{{< /abbr >}} page', "A HTML page"),
        ('{{< abbr title="x" >}}HTML{{< /abbr >}} is old.', "HTML is old."),
        ("{% if x %}We are in.{% else %}We are out.{% endif %}", "We are in. We are out."),
        ("{% if x %}Cats{% elsif y %}dogs{% endif %} bark.", "Cats dogs bark."),
        ("{% if x %}One.{% endif %}{% if y %}Two.{% endif %}", "One. Two."),
        ("One.{% comment %}no{% endcomment %}Two.", "One.Two."),
        ('Press {{< kbd "Ctrl" >}} and {% kbd Ctrl %} now', "Press Ctrl and Ctrl now"),
        ('{{< kbd "Ctrl" >}} + {{< kbd C >}} copies.', "Ctrl + C copies."),
        ('{{< badge "new" >}}\n\nText', "Text"),
        ('See {{< spotify 3n3Ppam7vg >}} and {{< my/embed "a" >}} now.', "See and now."),
        ('See {{< cover "a/b.png" >}} and {{< deezer 12345678 >}} now.', "See and now."),
        ("A {% label primary@my label %} and {% btn url, My button %}", "A my label and My button"),
        ("We bake {% for x in y %} {{ x }} {% endfor %} daily.", "We bake {{ x }} daily."),
        ("We bake {% if x %}well{% endif %} here.", "We bake well here."),
        ("We bake {% unless x %} well {% endunless %} here.", "We bake well here."),
        ('Follow {{< fontawesome "rss" >}} it, {{< citep knuth84 >}} says.', "Follow it, says."),
        ("{% a %}\n\nWe bake {% if x %} well {% endif %} here.", "We bake well here."),
        ("We bake {% for x in y %}\n- bread\n{% endfor %}", "We bake\n- bread"),
    ],
)
def test_the_author_s_words_in_a_tag_are_kept(written: str, read: str):
    assert as_commonmark(written).strip() == read


@pytest.mark.parametrize(
    "text",
    [
        "P <Max and y = Min> q\n",
        "Write %%d; 5%% here.\n",
        "%%d; 5%%\n",
        "Write %%s as 5%% here.\n",
        "Braces {x}, {{ name }} and 100%, 5%% or [[ -f x ]]; a[[i]], [[1]](u), wow !!! nice\n",
        "```\n{% include x %}\n:::note\n```\n\n    {{< x >}}\n\nand `{: .a}`, `[[x]]`\r\n",
        "<pre>{{< x >}}\n\n{% y %}</pre>\n",
        "A Vec<String>, a <T>, std::vec, import duties from China, export of goods.\n",
        "::: what nobody closes\n\n!!! really\n\n{# no #} \ue000 \ud800\n",
        "In Jinja you write {% for x in y %} and close it with {% endfor %}, which I hate.\n",
        "A loop ends with {% endfor %} in Jinja, and {% if x %} is no loop.\n",
        "{% for x in y %} and {% endfor %} are a pair, and {{ b }} is none.\n",
        "Citations [@foo, p. 3] stay; $\\sum_{i=1} {:.x}$, x_{i=1}, f(x){y}, 2 ^10\n",
    ],
)
def test_code_and_prose_stay_byte_for_byte(text: str):
    assert as_commonmark(text) == text


def test_bodies_of_notices_are_the_author_s_own_prose():
    words = "I bake on Sundays because the week has no mercy at all. " * 5
    body = f":::note Look\n{words}\n:::\n\n> [!tip] More\n> {words}\n\n<!-- more -->\n"
    row = clean(raw(f"{body}\n{{{{< youtube abc >}}}}\n")).row(0, named=True)
    assert row["prose"] == f"**Look**\n\n{words.strip()}\n\n**More**\n\n{words.strip()}"
    assert row["text"] == row["prose"]


PIECES = st.sampled_from(
    '{{< >}} {{% %}} {% %} end raw highlight x {{ }} site. {: } {# {. ::: !!! note "t" [[ ]] | %% '
    "[! ] > ` ``` ~~~ <Ab /> </Ab> ^abcd [a]( ) {/* */} /* */ import export # - 1. = $ é".split(" ")
    + [" ", "\n", "\n\n", "    ", "> ", "  <Ab>\n", "\n</Ab>", "{{< tab >}}\n", "{{< /tab >}}"]
    + ["export const a = {\n\n", "{{< fn >}}", "{{< /fn >}}"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_done_twice_is_done_once(text: str):
    once = as_commonmark(text)
    assert as_commonmark(once) == once


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_characters="{%:![=^<", exclude_categories=[])))
def test_a_text_without_marks_is_the_same(text: str):
    if "import" not in text and "export" not in text and "???" not in text:
        assert as_commonmark(text) == text


@pytest.mark.parametrize(
    "mark",
    [
        *(
            "{{< ",
            '{{< a b="',
            "{{</*",
            "{% x ",
            "{% highlight x %}",
            "{% raw %}",
            "{{ site.",
            "{:",
        ),
        *('{: a="', "# {#a", "[a]{.b", "[a]({{<", "{/*", "<Ab ", "<Ab x='\"", ":::a\n", "!!! a\n"),
        *(
            "> [!a]\n",
            "[[a|",
            "%%",
            "%%a\n",
            " ^abcd\n\n",
            "import {",
            "export const a =\n",
            "`{{<",
        ),
        "    !!! a\n",
        "export const a = {\n\n",
        "export const a = {`\n\n",
        "export const a = '\\\\'{\n\n",
        "<Ab>\n",
        "<Ab>\n\n  a\n</Ab>\n",
        "x{{< fn >}}a",
        "x{{< fn >}}a{{< /fn >}}",
        "{{< tab >}}\n ",
        "%%d ",
        'a {{< kbd "x" >}} ',
        "{% if x %}a.{% else %}",
        '{{< tab "Ab" >}}b',
        '{{< tab "Ab" >}}b{{< /tab >}}',
        "a {% for x %} b {% endfor %} ",
        "a {% if x %} ",
        "a {% endif %} ",
    ],
)
def test_what_is_hostile_ends(mark: str):
    start = time.monotonic()
    as_commonmark("a {% b %}\n\n" + mark * (200_000 // len(mark)))
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    "mark", ["{{<", "{% a", "{:", "import", "!!! a", "> [!a]", "a {% b %}", "<Ab"]
)
@pytest.mark.parametrize("run", [" ", "-", "a "])
def test_a_long_run_behind_a_mark_is_read_once(mark: str, run: str):
    """Minutes, where each of its places was a beginning or an end."""
    start = time.monotonic()
    as_commonmark("a {% b %}\n\n" + mark + run * (200_000 // len(run)) + "x")
    assert time.monotonic() - start < 10


def test_bodies_one_in_another_without_end_are_read_once():
    start = time.monotonic()
    depth = 2000
    opening = "".join(f"{' ' * (2 * n)}<Ab>\n" for n in range(40)) + "<Ab>\n" * depth
    as_commonmark(opening + "a\n" + "</Ab>\n" * (depth + 40))
    as_commonmark("export const a = {\n\n" + '\\"' * 100_000)
    as_commonmark("".join(f"export const a{n} = [\n\n{'( ' * 20}\n\n" for n in range(4000)))
    assert time.monotonic() - start < 10
