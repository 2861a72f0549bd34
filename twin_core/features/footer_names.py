"""What footers name in any language: dates, licences, publishing tools; parts of the patterns of
`footer_rules`. Lower case."""

_MONTH = (
    r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]|janv|févr?|mars|avr|juin|juil|"
    r"août|déc|ene|abr|ago|dic)[a-zéû]{0,7}\.?"
)
DATE = (
    rf"(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|"
    rf"\d{{1,2}}\.? (?:de )?{_MONTH} (?:de )?\d{{4}}|"
    r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}年\d{1,2}月\d{1,2}日)"
)
# A licence as it is named in a footer, and nothing more.
LICENCE = (
    r"(?:creative commons\b(?:[ -](?:attribution|zero|non-?commercial|no-?deriv\w+|share-?alike|"
    r"public domain|dedication|cc|by|nc|sa|nd|\d\.\d|international|unported|generic|licen[sc]e|"
    r"deed|lizenz|licencia|\(?cc[ -]by(?:-\w\w){0,3}(?: \d\.\d)?\)?))*|"
    r"cc(?: ?-?by(?:[- ](?:nc|sa|nd))*|0)(?:[ -]\d(?:\.\d)?)?(?: (?:international|unported|generic|"
    r"deed|[a-z]{2}))?(?: licen[sc]e|-lizenz)?|(?:mit|apache(?: 2\.0)?|gfdl) licen[sc]e)"
    r"(?:,? (?:unless|except where) (?:otherwise )?(?:noted|stated|specified|indicated)| by the "
    r"author)?[.]?"
)
WORK = (
    r"(?:(?:except where otherwise noted,? |unless otherwise noted,? )?(?:(?:all|the) )?(?:(?:text|"
    r"texts|content|contents|words|writing|posts|articles)(?: (?:on|of) (?:this|the) (?:site|blog|"
    r"website|page))?|(?:this|my) (?:work|post|article|essay|blog|site|website|text|page|story|"
    r"newsletter|content)))"
)
_TOOL = (
    r"(?:hugo|jekyll|ghost(?:\(pro\))?|word ?press(?:\.com)?|substack|medium|eleventy|11ty|astro|"
    r"gatsby|next\.?js|nuxt|hexo|pelican|zola|blogger|tumblr|squarespace|wix|webflow|beehiiv|"
    r"buttondown|mailchimp|convertkit|tinyletter|github(?: pages)?|gitlab pages|netlify|vercel|"
    r"cloudflare(?: pages)?|bear(?: ?blog)?|write\.as|writefreely|micro\.blog|drupal|joomla|notion|"
    r"obsidian(?: publish)?|docusaurus|mkdocs|sphinx|vuepress|vitepress|disqus|giscus|utterances|"
    r"nikola|middleman|kirby|grav|svbtle|typepad|weebly|mataroa|paper ?mod|minimal mistakes|chirpy|"
    r"casper|mailerlite|posthaven)"
)
_AND = r"(?:and|with|theme|the|by|hosted|on|und|mit|et|avec|y|con)"
TOOLS = (  # one, or several
    rf"{_TOOL}(?:[ ,·•&+|–—/-]{{1,3}}(?:{_AND} ){{0,3}}{_TOOL})*(?: theme| themes)?[ .!→»]*"
)
