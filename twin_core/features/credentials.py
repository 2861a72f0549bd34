"""Keys and tokens in a text by the form that their maker gives them, and passwords in a login, a
header or a cookie. What is assigned to a name is found by `assigned`."""

import base64
import binascii
import re
from collections.abc import Callable

# By maker; the prefixes are what its own secret scanners document.
KEY_FORMATS = {
    "AWS": r"(?:AKIA|ASIA)[0-9A-Z]{16}",
    "GitHub": r"gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}",
    "GitLab": r"gl(?:pat|dt|rt|ptt|oas)-[\w-]{20,}",
    "OpenAI, Anthropic and others": r"sk-(?:or-v1-[0-9a-f]{64}|[0-9a-f]{32,}|"
    r"(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{20,})",
    "xAI": r"xai-[A-Za-z0-9]{40,}",
    "Perplexity": r"pplx-[A-Za-z0-9]{40,}",
    "Replicate": r"r8_[A-Za-z0-9]{30,}",
    "NVIDIA": r"nvapi-[\w-]{60,}",
    "Tavily": r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}",
    "LangSmith": r"lsv2_[ps][tk]_[0-9a-f]{32}_[0-9a-f]{10}",
    "Pinecone": r"pcsk_\w{50,}",
    "Linear": r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}",
    "Notion": r"ntn_[A-Za-z0-9]{40,}",
    "Figma": r"fig[dour]_[\w-]{40,}",
    "Stripe": r"[rs]k_(?:live|test)_\w{16,}|whsec_[A-Za-z0-9]{32,}",
    "Slack": r"xox[abeoprs]-[\w-]{10,}|xapp-[0-9]-[A-Z0-9]+-[0-9]+-[0-9a-f]{32,}|"
    r"https://hooks\.slack\.com/(?:services|workflows|triggers)/T[A-Z0-9]{6,}/\w{6,}/[\w/]{16,}",
    "Discord": r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/[0-9]{15,20}/[\w-]{60,}",
    "Telegram": r"(?:bot)?[0-9]{8,10}:AA[\w-]{32,34}",
    "DigitalOcean": r"do[por]_v1_[0-9a-f]{64}",
    "Docker": r"dckr_[po]at_[\w-]{20,}",
    "Databricks": r"dapi[0-9a-f]{32}",
    "HashiCorp Vault": r"hv[sb]\.[\w-]{24,}",
    "Groq": r"gsk_[A-Za-z0-9]{48,}",
    "Shopify": r"shp(?:at|ca|pa|ss)_[0-9a-f]{32}",
    "Grafana": r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}",
    "Google": r"AIza[\w-]{35}|GOCSPX-[\w-]{28}|ya29\.[\w-]{30,}",
    "Hugging Face": r"hf_[A-Za-z0-9]{30,}",
    "npm": r"npm_[A-Za-z0-9]{36}",
    "PyPI": r"pypi-[\w-]{50,}",
    "SendGrid": r"SG\.[\w-]{16,}\.[\w-]{16,}",
    "JWT": r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
}
_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----.*?"
    r"(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|(?=\n\s*\n)|\Z)",
    re.DOTALL,
)
_KEY = re.compile(rf"(?<![\w-])(?:{'|'.join(KEY_FORMATS.values())})(?![\w])")
_BEARER = re.compile(r"(?i)(\bbearer +)((?=[\w.~+/-]*\d)[\w.~+/-]{20,}=*)")
_SCHEMES = r"(?:(?:token|apikey|api-key|key) +(?:token=)?)?"
_HEADER = re.compile(  # a header of any scheme, and what a cookie says of a session
    rf"(?i)(\b(?:authorization(?:[\"']?[:=] {{0,2}}[\"']?|[\"'], ?[\"']){_SCHEMES}|"
    r"cookie[\"']?: ?[\"']?[\w.-]{1,40}=|"
    r"(?:php|j|asp\.net_)?(?:sess(?:ion)?_?id|connect\.sid|csrf_?token)=)[\"']?)"
    r"((?=(?:[a-z_%.~+/-]*\d){3})[\w%.~+/-]{20,}+=*+)(?![(\[])"
)
_BASIC = re.compile(r"(?i)(\bbasic +)([a-z0-9+/]{8,}={0,2})(?![\w+/=])")
_LOGIN = re.compile(  # the password may have an @, unless other signs say that the login is over
    r"([a-z]://[^\s/:@]*:)((?:[^\s/\"'`<>()\[\],;]{3,}|[^\s/@:]{3,}))(?=@[\w.-])"
)
_LOOKED_UP = re.compile(r"[{<*]|\$[{(A-Z_]|%[({s]")  # no password but the name of one
_PUBLISHED = re.compile(r"EXAMPLE|(?i:\bx{4,}|\.\.\.|your)")
MARKS = [
    *("AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "sk-"),
    *("k_live_", "k_test_", "xox", "AIza", "hf_", "npm_", "pypi-", "SG.", "eyJ", "-----BEGIN"),
    *("gldt-", "glrt-", "glptt-", "gloas-", "whsec_", "xapp-", "//hooks.slack.com/", ":AA"),
    *("/api/webhooks/", "_v1_", "dckr_", "dapi", "hvs.", "hvb.", "gsk_", "shpat_", "shpca_"),
    *("shppa_", "shpss_", "glsa_", "GOCSPX-", "ya29.", "xai-", "pplx-", "r8_", "nvapi-", "tvly-"),
    *("lsv2_", "pcsk_", "lin_api_", "lin_oauth_", "ntn_", "figd_", "figo_", "figu_", "figr_"),
]
SHAPES = (
    r"(?i:bearer) +[0-9A-Za-z_.~+/-]{20}|(?i:basic) +[0-9A-Za-z+/]{8}|[a-z]://[^\s/:@]*:[^\s/]+@|"
    r"(?i:authorization|cookie|sess(?:ion)?_?id|connect\.sid|csrf_?token)[^\n]*[0-9A-Za-z_%.~+/-]{20}"
)


def redact_keys(text: str, written: Callable[[str], str]) -> str:
    """The text with keys of known forms replaced. written: what stays before one → that
    with the placeholder after it."""
    for pattern in (_PRIVATE_KEY, _LOGIN, _BEARER, _BASIC, _KEY, _HEADER):
        text = pattern.sub(lambda match: _keyed(match, written), text)
    return text


def _keyed(match: re.Match[str], written: Callable[[str], str]) -> str:
    before, secret = match.groups() if match.re.groups else ("", match[0])
    kept = _PUBLISHED.search(secret) and "PRIVATE KEY" not in secret
    kept = kept or match.re is _LOGIN and _LOOKED_UP.match(secret)
    kept = kept or match.re is _BASIC and not _is_login(secret)
    return match[0] if kept else written(before)


def _is_login(encoded: str) -> bool:
    """Whether it is base64 of a name, a colon and a password."""
    try:
        login = base64.b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return ":" in login and login.isprintable()
