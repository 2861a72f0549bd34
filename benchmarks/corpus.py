"""A folder of N Markdown files with YAML front matter, the same bytes on every machine.

The words come from a Markov chain (order 2) over the project's own sample texts, so that they have
natural lengths and frequencies; document i is the same whatever N is. `python -m benchmarks.corpus
FOLDER N` writes one.
"""

import argparse
import random
import re
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

SAMPLE = Path(__file__).resolve().parent.parent / "sample"
SEED = 20261124
BYTES = (2_000, 14_000)  # lengths of blog articles; log-uniform, as most are short
DOCUMENTS = "doc-{:06d}.md"

Chain = dict[tuple[str, str], list[str]]


@lru_cache(maxsize=1)
def chain() -> tuple[Chain, list[tuple[str, str]]]:
    """Successors of each pair of words, and the pairs that begin a sentence."""
    successors: Chain = {}
    starts = []
    for path in sorted(SAMPLE.rglob("*.md")):
        text = re.sub(r"^---\n.*?\n---\n", "", path.read_text(encoding="utf-8"), flags=re.S)
        text = re.sub(r"```.*?```", "", text, flags=re.S)
        for block in text.split("\n\n"):
            words = block.split()
            if len(words) < 20 or block.lstrip()[:1] in "#>-|*`":
                continue
            starts.append((words[0], words[1]))
            for first, second, third in zip(words, words[1:], words[2:], strict=False):
                successors.setdefault((first, second), []).append(third)
                if first.endswith((".", "?", "!")):
                    starts.append((second, third))
    return successors, starts


def sentence(rng: random.Random, longest: int = 40) -> str:
    """One sentence of the chain, closed by force after `longest` words."""
    successors, starts = chain()
    first, second = rng.choice(starts)
    words = [first, second]
    while len(words) < longest and not words[-1].endswith((".", "?", "!")):
        following = successors.get((words[-2], words[-1]))
        if not following:
            break
        words.append(following[int(rng.random() * len(following))])
    return " ".join(words).rstrip(",;:.") + ("" if words[-1][-1] in "?!" else ".")


def paragraph(rng: random.Random) -> str:
    return " ".join(sentence(rng) for _ in range(rng.randint(2, 6)))


def words(rng: random.Random, count: int) -> list[str]:
    """Plain lower-case words, for titles, tags and identifiers."""
    found: list[str] = []
    while len(found) < count:
        found += [word for word in re.findall(r"[a-z]{4,}", sentence(rng)) if word not in found]
    return found[:count]


def _code(rng: random.Random) -> str:
    name, argument, field = words(rng, 3)
    if rng.random() < 0.5:
        return (
            f"```python\ndef {name}({argument}: list[int]) -> int:\n"
            f"    {field} = [n * {rng.randint(2, 99)} for n in {argument} if n]\n"
            f"    return sum({field}) % {rng.randint(100, 999)}\n```"
        )
    return f"```sql\nSELECT {field}, count(*)\n  FROM {name}\n WHERE {argument} < 42\n```"


def _block(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.72:
        return paragraph(rng)
    if kind < 0.82:
        return "\n".join(f"- {sentence(rng, 18)}" for _ in range(rng.randint(3, 6)))
    if kind < 0.90:
        return f"> {sentence(rng)}"
    if kind < 0.97:
        return _code(rng)
    rows = [words(rng, 2) for _ in range(3)]
    return "| what | where |\n|---|---|\n" + "\n".join(f"| {a} | {b} |" for a, b in rows)


def document(number: int, seed: int = SEED) -> str:
    """Document `number` as Markdown with title, date and tags in front."""
    rng = random.Random(f"{seed}/{number}")
    title = " ".join(words(rng, rng.randint(3, 6))).capitalize()
    published = date(2012, 1, 1) + timedelta(days=rng.randrange(5000))
    tags = ", ".join(words(rng, 3))
    head = f"---\ntitle: {title} {number}\ndate: {published}\ntags: [{tags}]\n---\n"
    parts, size, length = [paragraph(rng)], 0, BYTES[0] * (BYTES[1] / BYTES[0]) ** rng.random()
    while size < length:
        section = [f"## {' '.join(words(rng, rng.randint(2, 4))).capitalize()}"]
        section += [_block(rng) for _ in range(rng.randint(2, 5))]
        parts += section
        size += sum(map(len, section))
    return head + "\n" + "\n\n".join(parts) + "\n"


def edited(text: str, revision: int) -> str:
    """The document with one paragraph in its middle written anew."""
    blocks = text.split("\n\n")
    prose = [place for place, block in enumerate(blocks) if block[:1].isalnum()]
    middle = prose[len(prose) // 2]
    blocks[middle] = paragraph(random.Random(f"{SEED}/edit/{revision}"))
    return "\n\n".join(blocks)


def near_duplicate(text: str, number: int) -> str:
    """The document republished elsewhere: another title, and a line on where it came from."""
    lines = text.split("\n")
    lines[1] = f"title: Again, number {number}"
    return "\n".join(lines) + f"\n*First published elsewhere, as number {number}.*\n"


def write(folder: Path, count: int, near_duplicates: float = 0.0) -> Path:
    """Write the corpus into the folder; near_duplicates: share of documents that repeat the one
    before them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        text = document(number)
        if number and random.Random(f"{SEED}/copy/{number}").random() < near_duplicates:
            text = near_duplicate(document(number - 1), number)
        (folder / DOCUMENTS.format(number)).write_text(text, encoding="utf-8")
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--near-duplicates", type=float, default=0.0)
    given = parser.parse_args()
    write(given.folder, given.count, given.near_duplicates)
