"""Account and card numbers, told from other numbers by their checksums."""

# Length of an IBAN by country (SWIFT's IBAN registry): the countries that most people bank in.
_IBAN_LENGTHS = dict(
    AD=24, AE=23, AT=20, BE=16, BG=22, BR=29, CH=21, CY=28, CZ=24, DE=22, DK=18, EE=20, ES=24,
    FI=18, FR=27, GB=22, GI=23, GR=27, HR=21, HU=28, IE=22, IL=23, IS=26, IT=27, LI=21, LT=20,
    LU=20, LV=21, MC=27, MT=31, NL=18, NO=15, PL=28, PT=25, RO=24, RS=22, SA=24, SE=24, SI=19,
    SK=24, SM=27, TR=26, UA=29,
)  # fmt: skip
# First digits and length of the cards in use (ISO/IEC 7812).
_CARDS = (
    (("4",), (13, 16, 19)),
    (("51", "52", "53", "54", "55", *map(str, range(22, 28))), (16,)),
    (("34", "37"), (15,)),
    (("30", "36", "38"), (14,)),
    (("35", "60", "64", "65"), (16,)),
)


COUNTRIES = "|".join(_IBAN_LENGTHS)


def iban_at(text: str) -> int:
    """How many characters of the text's beginning are an IBAN, in either case: as many as its
    country's have, with fitting check digits (ISO 13616); 0 if none."""
    size, end, account = _IBAN_LENGTHS.get(text[:2].upper(), 0), 0, ""
    while len(account) < size and end < len(text):
        account += text[end].strip()
        end += 1
    if not size or len(account) != size or not (account.isascii() and account.isalnum()):
        return 0
    number = int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4]))
    return end if number % 97 == 1 and not text[end : end + 1].isalnum() else 0


def is_card(text: str) -> bool:
    """Whether a card network gives out such numbers and the check digit fits (Luhn)."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    number = "".join(map(str, digits))
    if not any(number.startswith(first) and len(number) in sizes for first, sizes in _CARDS):
        return False
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[-2::-2])
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
