"""Personal data and secrets are redacted, and numbers that only look like them are not."""

import random
from collections import Counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twin_core.features import credentials, pii
from twin_core.features.assigned import redact_assigned
from twin_core.features.banking import iban_at, is_card
from twin_core.features.credentials import redact_keys
from twin_core.features.pii import redact

BODY = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9"
HEX = "0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c"
FOUND = [
    ("Mail ada.lovelace+blog@mail.fern-garden.co.uk today", "Mail [email] today", "email 1"),
    ("[write](mailto:ada@fern.net)", "[write](mailto:[email])", "email 1"),
    ("`git config user.email ada@fern.net`", "`git config user.email [email]`", "email 1"),
    ("ada@fern.net, jo@moss.org.", "[email], [email].", "email 2"),
    ("ring +44 20 7946 0958 now", "ring [phone] now", "phone 1"),
    ("+1 (415) 555-2671", "[phone]", "phone 1"),
    ("+4915112345678", "[phone]", "phone 1"),
    ("call (415) 555-2671.", "call [phone].", "phone 1"),
    ("415-555-2671", "[phone]", "phone 1"),
    ("06 12 34 56 78", "[phone]", "phone 1"),
    ("020 7946 0958", "[phone]", "phone 1"),
    ("Tel.: 0171/1234567", "Tel.: [phone]", "phone 1"),
    ("Phone: 5551234", "Phone: [phone]", "phone 1"),
    ("card 4111 1111 1111 1111 exp", "card [card] exp", "card 1"),
    ("378282246310005", "[card]", "card 1"),
    ("Pay to GB82 WEST 1234 5698 7654 32 please", "Pay to [iban] please", "iban 1"),
    ("DE89370400440532013000", "[iban]", "iban 1"),
    ("ES91 2100 0418 4502 0005 1332 OK", "[iban] OK", "iban 1"),
    (f"AKIA{'Q7' * 8}", "[key]", "key 1"),
    (f"token = 'ghp_{BODY[:36]}'", "token = '[key]'", "key 1"),
    (f"OPENAI_API_KEY=sk-proj-{BODY}", "OPENAI_API_KEY=[key]", "key 1"),
    (f"hf_{'abcdEFGH' * 4}", "[key]", "key 1"),
    (f"xoxb-{BODY}", "[key]", "key 1"),
    (f"sk_live_{BODY[:24]}", "[key]", "key 1"),
    (f"Authorization: Bearer {BODY}", "Authorization: Bearer [key]", "key 1"),
    (f"eyJ{BODY[:20]}.eyJ{BODY[:30]}.{BODY}", "[key]", "key 1"),
    ("postgres://ada:s3cret@db.fern.net/x", "postgres://ada:[key]@db.fern.net/x", "key 1"),
    ("ring 0171 1234567, 0151/12345678", "ring [phone], [phone]", "phone 2"),
    ("01711234567 and 0171-1234567.", "[phone] and [phone].", "phone 2"),
    ("Handy: 0171 / 123 45 67", "Handy: [phone]", "phone 1"),
    ("Mobilnummer 0209 98765", "Mobilnummer [phone]", "phone 1"),
    ("schreib an jörg@müller.de!", "schreib an [email]!", "email 1"),
    ("öl.łukasz@почта.рф or jo@xn--mller-kva.xn--p1ai", "[email] or [email]", "email 2"),
    ("連絡はada@fern.netまで", "連絡は[email]まで", "email 1"),
    ("j.doe (at) mail (dot) org, please", "[email], please", "email 1"),
    (
        "j.doe [at] mail.org or j [dot] doe{at}mail [dot] co [dot] uk",
        "[email] or [email]",
        "email 2",
    ),
    ("ada (ät) fern (Punkt) de", "[email]", "email 1"),
    ("de89 3704 0044 0532 0130 00 it is", "[iban] it is", "iban 1"),
    ("AT61 1904 3002 3457 3201 DE89 3704 0044 0532 0130 00", "[iban] [iban]", "iban 2"),
    ("IBAN: gb82west12345698765432", "IBAN: [iban]", "iban 1"),
    ("Write to _jane@gmail.com_", "Write to _[email]_", "email 1"),
    ("__jane@fern.net__ or *jane@fern.net*", "__[email]__ or *[email]*", "email 2"),
    ("_j_doe@x.net_, jane@gmail.com_foo", "_[email]_, [email]_foo", "email 2"),
    ("jane.doe＠gmail.com, ｊａｎｅ＠ｆｅｒｎ．ｎｅｔ", "[email], [email]", "email 2"),
    ("jane&#64;fern.net, ?to=jane%40fern.net", "[email], ?to=[email]", "email 2"),
    ("jane at gmail dot com", "[email]", "email 1"),
    ("jane dot doe at fern dot co dot uk", "[email]", "email 1"),
    ("mail me at jane at fern dot net", "mail me at [email]", "email 1"),
    ("jane arroba fern punto net, <jane at fern dot net>", "[email], <[email]>", "email 2"),
    ("jane arobase fern point net", "[email]", "email 1"),
    ("jane AT fern DOT net", "[email]", "email 1"),
    ("メール：山田@日本.jp、李明@fern.com。", "メール：[email]、[email]。", "email 2"),
    ("[call](tel:+12125550188) me", "[call](tel:[phone]) me", "phone 1"),
    ("<sms:+49-170-1234567>", "<sms:[phone]>", "phone 1"),
    ("https://wa.me/491701234567 now", "https://wa.me/[phone] now", "phone 1"),
    ("WhatsApp: wa.me/+491701234567.", "WhatsApp: wa.me/[phone].", "phone 1"),
    (
        "https://api.whatsapp.com/send?phone=491701234567, api.whatsapp.com/send/?phone=4917012345",
        "https://api.whatsapp.com/send?phone=[phone], api.whatsapp.com/send/?phone=[phone]",
        "phone 2",
    ),
    ("curl -u jane:Sup3rS3cret! https://x.io", "curl -u jane:[key] https://x.io", "key 1"),
    ("030 12345678, 030/12345678", "[phone], [phone]", "phone 2"),
    ("07700 900123 or 07700900123", "[phone] or [phone]", "phone 2"),
    ("089/12 34 56 78 or 0221 / 98 76 54", "[phone] or [phone]", "phone 2"),
    ("+49/170/1234567, Mob: 98765 43210", "[phone], Mob: [phone]", "phone 2"),
    ("0049 170 1234567", "[phone]", "phone 1"),
    ("06.12.34.56.78 or 06-12-34-56-78", "[phone] or [phone]", "phone 2"),
    ("079 123 45 67, 0475 12 34 56", "[phone], [phone]", "phone 2"),
    ("+49 (0)30 1234567, +33 (0)6 12 34 56 78", "[phone], [phone]", "phone 2"),
    ("+34 612 345 678 and +39 06 1234 5678", "[phone] and [phone]", "phone 2"),
    ("電話は090-1234-5678です", "電話は[phone]です", "phone 1"),
    ("电话：１３８ １２３４ ５６７８", "电话：[phone]", "phone 1"),
    ("＋４９ １７０ １２３４５６７, +٤٩ ١٧٠ ١٢٣٤٥٦٧", "[phone], [phone]", "phone 2"),
    ("06\u00a012\u00a034\u00a056\u00a078", "[phone]", "phone 1"),
    ("cell 212-555-0188, call 555-1234", "cell [phone], call [phone]", "phone 2"),
    ("To order: 0800 123 4567", "To order: [phone]", "phone 1"),
    ("0800 800 800, 4242 4242 4242 4242", "[phone], [card]", "card 1, phone 1"),
    ("DE89-3704-0044-0532-0130-00", "[iban]", "iban 1"),
    ("KW81CBKU0000000000001234560101", "[iban]", "iban 1"),
    ("4111.1111.1111.1111 and 4111 1111 1111 1111/123", "[card] and [card]/123", "card 2"),
    ("mysql://root:p@ssw0rd@host/db", "mysql://root:[key]@host/db", "key 1"),
    (f"Authorization: Token {HEX}{HEX[:8]}", "Authorization: Token [key]", "key 1"),
    (f"{{'Authorization': '{HEX}'}}", "{'Authorization': '[key]'}", "key 1"),
    (f"Cookie: a=b; sessionid={HEX}", "Cookie: a=b; sessionid=[key]", "key 1"),
    (f"Set-Cookie: PHPSESSID={HEX}; Path=/", "Set-Cookie: PHPSESSID=[key]; Path=/", "key 1"),
    (f"Cookie: sid={HEX}", "Cookie: sid=[key]", "key 1"),
    ("My cell is 212 555 0188.", "My cell is [phone].", "phone 1"),
    ("My phone number is 2125550188", "My phone number is [phone]", "phone 1"),
    ("My number is 2125550188", "My number is [phone]", "phone 1"),
    ("my mobile is 98765 43210", "my mobile is [phone]", "phone 1"),
    ("Mi teléfono es 612 345 678", "Mi teléfono es [phone]", "phone 1"),
    (
        "Mi móvil es el 612 345 678, llámame al 612345678",
        "Mi móvil es el [phone], llámame al [phone]",
        "phone 2",
    ),
    ("Il mio cellulare è 333 1234567", "Il mio cellulare è [phone]", "phone 1"),
    ("Mon numéro est le 0612345678", "Mon numéro est le [phone]", "phone 1"),
    (
        "My new number is 212 555 0188, cell's 212 555 0188",
        "My new number is [phone], cell's [phone]",
        "phone 2",
    ),
    (
        "**Phone:** 5551234, **Mobile**: 5551234",
        "**Phone:** [phone], **Mobile**: [phone]",
        "phone 2",
    ),
    ("Phone: **5551234**", "Phone: **[phone]**", "phone 1"),
    ("Mon numéro de portable est le 612345678", "Mon numéro de portable est le [phone]", "phone 1"),
    ("Téléphone : 612345678", "Téléphone : [phone]", "phone 1"),
    ("Appelez-moi au 612345678", "Appelez-moi au [phone]", "phone 1"),
    ("O meu telemóvel é 912 345 678", "O meu telemóvel é [phone]", "phone 1"),
    ("Meine Handynummer lautet: 98765 43210", "Meine Handynummer lautet: [phone]", "phone 1"),
    ("Tel.-Nr. 1234567, phone no. 5551234", "Tel.-Nr. [phone], phone no. [phone]", "phone 2"),
    ("(030) 90 18 20-33 or (089) 1234 5678-0", "[phone] or [phone]", "phone 2"),
    ("redis://:s3cr@t@cache.fern.net", "redis://:[key]@cache.fern.net", "key 1"),
    (
        "Authorization: Basic dXNlcjpwYXNzd29yZA==",
        "Authorization: Basic [key]",
        "key 1",
    ),
    (
        f"a\n-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n-----END RSA PRIVATE KEY-----\nb",
        "a\n[key]\nb",
        "key 1",
    ),
]
KEYS = {
    "AWS": [f"AKIA{'Q7' * 8}", f"ASIA{'Z2' * 8}"],
    "GitHub": [f"ghp_{BODY[:36]}", f"github_pat_{BODY[:24]}"],
    "GitLab": [f"glpat-{BODY[:20]}", f"glrt-{BODY[:20]}"],
    "OpenAI, Anthropic and others": [
        f"sk-proj-{BODY}",
        f"sk-ant-api03-{BODY}",
        f"sk-or-v1-{HEX * 2}",
        f"sk-{HEX}",
    ],
    "xAI": [f"xai-{BODY}{BODY}"],
    "Perplexity": [f"pplx-{BODY}{BODY[:9]}"],
    "Replicate": [f"r8_{BODY[:37]}"],
    "NVIDIA": [f"nvapi-{BODY}{BODY[:25]}"],
    "Tavily": [f"tvly-dev-{BODY[:32]}"],
    "LangSmith": [f"lsv2_pt_{HEX}_{HEX[:10]}"],
    "Pinecone": [f"pcsk_{BODY}{BODY}"],
    "Linear": [f"lin_api_{BODY}a"],
    "Notion": [f"ntn_{BODY}{BODY[:7]}"],
    "Figma": [f"figd_{BODY}a"],
    "Stripe": [f"sk_live_{BODY[:24]}", f"rk_test_{BODY[:24]}", f"whsec_{BODY[:32]}"],
    "Slack": [
        f"xoxb-{BODY}",
        f"xoxp-{BODY}",
        f"https://hooks.slack.com/services/T0{'Q7' * 4}/B0{'Z2' * 4}/{BODY[:24]}",
    ],
    "Discord": [f"https://discord.com/api/webhooks/123456789012345678/{BODY}{BODY}"],
    "Telegram": [f"123456789:AA{BODY[:33]}", f"bot123456789:AA{BODY[:33]}"],
    "DigitalOcean": [f"dop_v1_{'0123456789abcdef' * 4}"],
    "Docker": [f"dckr_pat_{BODY[:27]}"],
    "Databricks": [f"dapi{'0123456789abcdef' * 2}"],
    "HashiCorp Vault": [f"hvs.{BODY[:24]}"],
    "Groq": [f"gsk_{BODY}{BODY[:13]}"],
    "Shopify": [f"shpat_{'0123456789abcdef' * 2}"],
    "Grafana": [f"glsa_{BODY[:32]}_01234567"],
    "Google": [f"AIza{BODY[:35]}", f"GOCSPX-{BODY[:28]}", f"ya29.a0{BODY}"],
    "Hugging Face": [f"hf_{'abcdEFGH' * 4}", f"hf_{BODY[:34]}"],
    "npm": [f"npm_{BODY[:36]}"],
    "PyPI": [f"pypi-{BODY}{BODY}"],
    "SendGrid": [f"SG.{BODY[:22]}.{BODY}"],
    "JWT": [f"eyJ{BODY[:20]}.eyJ{BODY[:30]}.{BODY}"],
}
KEPT = [
    "version 3.11.7 and 10.15.7-beta.1",
    "released on 2024-01-15, 15.01.2024 and 01/15/2024",
    "from 2019-2024 at 12:30:45",
    "2024-01-15T12:30:45.123456Z",
    "ISBN 978-0-306-40615-7, ISBN-10 0-306-40615-2",
    "order 1234567890123, ticket #20240115",
    "1700000000000 ms, 1700000000 s",
    "population 1 234 567 890, or 1,234,567,890",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "uuid 123e4567-e89b-12d3-a456-426614174000",
    "192.168.0.1:8080 and 8.8.8.8",
    "$4,111,111,111,111,111",
    "pi is 3.1415926535897932384626",
    "4111 1111 1111 1112",
    "GB82 WEST 1234 5698 7654 33",
    "arXiv:2401.01234, doi 10.1000/182, RFC 2606",
    "ada@example.com, bob@mail.example.org, x@host.test",
    "git@github.com:fern/notes.git",
    "@ada@mastodon.social",
    "pip install requests@2.31.0",
    "`call 5551234`",
    "```\ncall(415, 555-2671)\nphone = 4155552671\n```",
    "https://fern.net/p/4155552671 and [x](https://fern.net/020%207946%200958)",
    "AKIAIOSFODNN7EXAMPLE",
    "sk-your-key-goes-here-0000A, Bearer xxxxxxxxxxxxxxxxxxxxxxxx1",
    "sk-folding-cube-animation-container",
    "eyJust a word",
    "the 2020 7946 0958",
    "chapters 1 2 3 4 5 6 7 8 9 10 11 12",
    "01 02 2024",
    "call it 1984",
    "DE89 3704 0044 0532 0130 01",
    "de89 3704 0044 0532 0130 01",
    "GB82 WEST 1234 5698 7654 0171 1234567 33",
    "The score was 212-334-4512, Ratio 200-300-4000, a ratio of 200-300-4000",
    "Catalogue no. 06 45 32 33 88, opus 06 45 32 33 88, hex 0171 2345678",
    "My number is 1234567 in the queue, the number is 2125550188",
    "our number of users was 1234567 in 2020, no 1234567 was found",
    "My number is 4111 1111 1111 1112, phone 4111 1111 1111 1112",
    "My account number is 123456789, our mobile is 2020 2021 2022",
    "Your number is 1 234 567 890, our numbers are 20 30 40 50 60",
    "xai-grok-beta, r8_model, pplx-api, ntn_something, lin_api_key, sk-0123456789abcdef",
    "Authorization: Token your_token_here_1234567, Authorization: AWS4-HMAC-SHA256 Credential=x",
    "authorization, authentication-and-accounting-2020; Cookie: sessionid=abc123",
    "Authorization = build_authorization_header_v2(request)",
    "session_id=get_session_id_v2_from_request123(request)",
    "build 017112345678901, order-0171 1234567",
    "j.doe (at) example (dot) org",
    "meet me (at) noon",
    "look [at](https://fern.net) this",
    "points[at] and list[ at ] = x",
    "look at github dot com, or find us at fern dot net",
    "look at gmail dot com, my account at yahoo dot com",
    "the mail archive at lists dot debian dot org",
    "look at the dot com boom, at a dot in the road",
    "x@self.weight, x@self.in_proj_weight, q@k.transpose(0, 1), a@b.shape[0]",
    "感谢@evan.dev的贡献",
    "2 000 000 000 euros, 12 000 000 000 000 and 1\u202f000\u202f000\u202f000 bytes",
    "10 000 000 000, costs 1 000 000 000 €, 1 020 304 506",
    "+20 000 000 people, +10 000 000 000, +1 234 567 890",
    "grew by +1 000 000 000, by +34 612 345 678 users, by +20.000.000",
    "4 000 000 000 000 000, 4 222 222 222 222",
    "The ring 1 2 3 4 5 6 7 8 9",
    "In the cell 1234567 samples, in a call 1234567 times",
    "call 2020-2021 3456, call on 15.01.2024 10 Uhr, phone 8 (2017) 2018 1999",
    "LH 0400 0401 0402, LH 0411 0438 0455",
    "tel. 100 200 300, fax 2000 3000 4000, mobile 2020 2021 2022",
    "open 0800 1200 1600 or 0900 1230 1745",
    "0101 1010 0110, 0011 0010 1101, +10011010010",
    "00 00 00 00 00 00 00 01 in hex, 0031 2044 0034",
    "+48.856613, +2.352222 and 52.5200066, 13.4049540",
    "lat +34.052235 lon -118.243683",
    "diff +1234567890, +20240115, +123456789",
    "@@ -1234,56 +1234,57 @@ and +12 -34 -56 -78",
    "firmware 05.10.02.00.12, version 06.12.34.56.78",
    "01.02.03.04.05, 01-02-03-01-02",
    "id: 07123456789, room 0171 2345678, GTIN-14 00012345678905",
    "ORCID 0000-0002-1825-0097, CVE-2021-44228-0123",
    "UTC +05:30 +0530, +proj=utm +zone=33 +x_0=3500000",
    "times 0730 1245 2359, grid 0123 4567, 0065 0066 0067 0100",
    "2024 01 15 10 45 00, at 01 15 10 30 00",
    "mobile: 1 234 567, tel 1 234 567",
    "table 020 1234 5678, page 012 345 6789, commit 0171 1234567",
    "06 12 24 36 48 hours, 052 123 4567 parts",
    "MAC 06-12-34-56-78-9A and 00:1B:44:11:3A:B7",
    "order 4000000000000002, invoice no. 4111111111111111",
    "Bestellnummer 4539578763621486, ticket 030 12345678",
    "RFC 2606 2607 2608 2609, chapters 23 22 21 20 19 18 17 16",
    "IMEI 490154203237518, EAN 4006381333931, UPC 036000291452",
    "VIN 1M8GDM9AXKP042788, ISBN-10 0618640150",
    "ring 0.123456789, call 192.168.10.25, phone 10.15.7.123",
    "WhatsApp 2.24.13.78, Phone 4 5 6 7 8 9 10",
    "temperature -10 0 10 20 30 40 50 60",
    "won 6-4 3-6 7-6 6-7 12-10, 21:19 19:21 15:13",
    "x86 0123 0x0123456789, 0o17 00001234567890",
    "1990 1991 1992 1993 1994, 2019/2020 2020/2021",
    "Steuernr. 12/345/67890, 12 34 56 78 90, case 2024-0012-3456",
    "98765 43210, 5551234567, 1-800-FLOWERS",
    "the 555-12 and 555-1234-56 parts, lot 555-867-5309-A",
    "10 000 requests, 83 000 000 people, 1 400 000 000",
    "第１２３４５６７８９０号、２０２４－０１－１５、１２３４５６７人",
    "https://fern.net/tel/4155552671 and https://fern.net/?page=4155552671",
    "`[call](tel:+12125550188)`",
    "ES6 and DE10-1234-5678-9012-3456-78",
    "basic understanding, Basic authentication, basic/introduction",
    "postgres://{user}:{password}@host, https://user:***@fern.net, x://$USER:$PASS_1@host",
    "http://localhost:8080/@ada, http://a.test:80,x",
    "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    "123456789:AAshort, dop_v1_short, at 12345678:AA",
]
SECRETS = [  # a name, the secret, what stands after it
    ("password = ", "hunter2secret", ""),
    ('api_key: "', "aB3dE6gH", '"'),
    ("export DB_PASSWORD=", "s3cr3t-pa55", "\n"),
    ("secret_token='", "9f86d081884c7d65", "'"),
    ('{"clientSecret": "', "Q7wE9rT2yU", '"}'),
    ('password: str = "', "Tr0ub4dor&3", '"'),
    ('os.environ["API_KEY"] = "', "zx81spectrum", '"'),
    ('setenv("API_KEY", "', "zx81spectrum", '")'),
    ("psql --password ", "hunter2secret", " -h db"),
    ("curl --api-key=", "hunter2secret", " https://fern.net"),
    ("https://fern.net/?api_key=", "hunter2secret", "&page=2"),
    ("The password is `", "hunter2secret", "`."),
    ("**Passwort:** ", "Sommer2024!x", "\n"),
    ("Kennwort: ", "hunter2secret", "."),
    ("mot de passe : ", "soleil44vert", ", dit-il"),
    ('password="', "Correct-Horse!", '"'),
    ("token: ", "a8f5f167f44f4964e6c998de", ""),
    ('PASSWORD="', "correct horse battery", '"'),
    ("passphrase: '", "velvet onion 44 tractor", "'"),
    ("my password is ", "Tr0ub4dor&3", "."),
    ("Das Passwort lautet ", "S3cr3tPa55", ", sagt er"),
    ("Password: ", "Tr0ub4dor&3", "\n"),
    ("login: jane / pass: ", "Winter2023!x", ""),
    ("user=jane pass=", "S3cr3tPass99", ""),
    ("user=jane, pass=", "sommer2024", ""),
    ("Passwort lautet ", "Sommer2024", "."),
    ("Das Passwort ist: ", "Sommer2024", "."),
    ("mysql -u root -p", "S3cr3tpw99", " app"),
    ("mysqldump -h db -uroot -p'", "S3cr3tpw99", "' app"),
    ("redis-cli -h db -a ", "S3cr3tpw99", " ping"),
    ("sshpass -p '", "S3cr3tpw99", "' ssh web1"),
    ("mongosh -u jane -p ", "S3cr3tpw99", ""),
    ("docker login -u jane -p ", "S3cr3tpw99", ""),
    ("curl -u jane:", "S3cr3tpw99", " https://fern.net"),
]
NO_SECRETS = [
    "the password is wrong",
    "password: required, at least 8 characters",
    "Password: 12-character minimum",
    "password = <password>",
    "password = your-password",
    "password: changeme123",
    "PASSWORD=${DB_PASSWORD_2}",
    "password = $PASSWORD1234",
    'password = os.environ["DB_PASSWORD_1"]',
    "password = getpass()",
    "password = get_password2(user)",
    "password = None",
    "password = xxxxxxxx1",
    "password = '…'",
    'password = "********1"',
    'password = "password123"',
    'password: "my-secret-password-1"',
    "api_key = API_KEY_2",
    'api_key="YOUR_API_KEY_1"',
    "api_key = settings.keys2.api_key",
    'api_key = f"{prefix1}-{name}"',
    "token = tokens[index2]",
    "token = next_token_2",
    'token = "word1234"',
    "token: base64encoded",
    "max_tokens = 8192",
    "access_token: string",
    'pad_token = "<|endoftext|>"',
    'secret_key = "/run/secrets/key_1"',
    'secret = "https://fern.net/secret1"',
    'private_key: "server2.pem"',
    "if password == stored2hash4:",
    "if (password !== confirm2password) return",
    "password: '8 to 20 characters'",
    "secret: 2024-01-15T10:00:00Z",
    "the token is k8s-native",
    "a password, 1password or keepass2android",
    "password_hash = sha256hex",
    'SecretKeyRef: "v1beta1.Secret"',
    "password = 12345678",
    "tokens: 100000000k",
    'password: "must be at least eight characters"',
    'password: "too many failed attempts"',
    '"password": "Enter your password"',
    '"password": "Bitte neues Passwort eingeben"',
    'password: "string with spaces"',
    'title: "three plain words"',
    'token: "correct horse battery"',
    "the password is SHA256+salt, The password is MySQL8.",
    "the password is sha256-hashed, the password is k8s-native",
    "the password is Base64Encoded, the password is PBKDF2-HMAC-SHA256",
    "my password is the name of my dog",
    "the password was forgotten, the passcode is 12345678",
    "the token is S3cr3t5tuff",
    "access key: Ctrl+Shift+F12",
    "second pass: ResNet50x, pass=ResNet101, the boarding pass: QF12LHR99",
    "the password is: changeme1, the password is: sha256-hashed",
    "mysql -u root -p mydb2024",
    "mysql -h 127.0.0.1 -P3306 -uroot -p",
    "mysql -u root -p$MYSQL_PW1 && mysql -uroot -psecret123",
    "redis-cli -a $REDIS_PASS1; redis-cli -a your_password1",
    'curl -u user:password1 x.net | curl -u "$USER:$TOKEN1" x.net',
    "mkdir -p src2/foo3bar; docker run -p 8080:80 nginx2latest",
    "curl https://fern.net/a-u b:c12345678",
]


def test_every_maker_has_an_example():
    assert KEYS.keys() == credentials.KEY_FORMATS.keys()


@pytest.mark.parametrize("key", [key for keys in KEYS.values() for key in keys])
def test_a_maker_s_key_is_redacted_without_a_name_before_it(key: str):
    assert redact(f"I found {key} in a commit.") == ("I found [key] in a commit.", "key 1")
    assert redact(f"```\nrun({key!r})\n```")[1] == "key 1"


@pytest.mark.parametrize(("text", "redacted", "counts"), FOUND)
def test_personal_data_becomes_a_placeholder(text: str, redacted: str, counts: str):
    assert redact(text) == (redacted, counts)


@pytest.mark.parametrize("text", KEPT)
def test_what_only_looks_like_it_stays(text: str):
    assert redact(text) == (text, None)


@pytest.mark.parametrize(("name", "secret", "after"), SECRETS)
def test_a_secret_that_is_assigned_becomes_a_placeholder(name: str, secret: str, after: str):
    assert redact(f"{name}{secret}{after}") == (f"{name}[key]{after}", "key 1")
    code = f"Set it:\n\n```\n{name}{secret}{after}\n```\n"
    assert redact(code) == (code.replace(secret, "[key]"), "key 1")


@pytest.mark.parametrize("text", NO_SECRETS)
def test_what_stands_for_a_secret_stays(text: str):
    assert redact(text) == (text, None)


def test_a_number_in_code_stays_and_an_address_there_does_not():
    text = "Call 415-555-2671.\n\n```py\nring('415-555-2671', 'ada@fern.net')\n```\n"
    assert redact(text)[0] == "Call [phone].\n\n```py\nring('415-555-2671', '[email]')\n```\n"


@pytest.mark.parametrize(
    "code",
    [
        'this@MainActivity.title = "x"',
        "val c = this@LoginFragment.requireContext",
        "super@Outer.name, return@forEach.app",
        "ssh deploy@web1.acme.io",
        "ssh -i k.pem -p 22 ec2-user@web1.acme.io uptime",
        "scp a.txt deploy@web1.acme.io:",
        "rsync -a site/ deploy@host.io:/srv/",
        "git clone gitea@git.acme.io:a/b.git",
        "git remote add origin gitea@git.acme.io",
        "npm i react@next.js lodash@four.io",
        "react@next.js",
        "docker pull redis@docker.io",
        "redis@ghcr.io",
        "deploy@web1.acme.io:~/app",
        "deploy@web1.acme.io$ ls",
        "y = X@W.mT + A@B.data",
        "a@user.email, a@row.id",
    ],
)
def test_what_has_an_at_sign_in_code_stays(code: str):
    assert redact(f"Run `{code}` now.")[1] is None
    for fence in ("```", "~~~"):
        text = f"Run this:\n\n{fence}sh\nx = 1\n{code}\n{fence}\n\nDone.\n"
        assert redact(text) == (text, None)


@pytest.mark.parametrize(
    "code",
    [
        "to: %s",
        "ssh-keygen -t ed25519 -C '%s'",
        'git commit --author="Jane <%s>"',
        "ssh web1 && mail %s",
        "<a href='mailto:%s?subject=x'>",
        '{"email": "%s", "id": 1}',
    ],
)
@pytest.mark.parametrize("address", ["jane@fern.net", "jane.doe@mail.fern.io", "JÖRG@MÜLLER.DE"])
def test_an_address_that_receives_mail_is_redacted_in_code(code: str, address: str):
    assert redact(f"`{code % address}`") == (f"`{code % '[email]'}`", "email 1")
    text = f"ssh a@b.io or\n\n```\nssh a@b.io\n{code % address}\n```\n"
    assert redact(text)[0] == text.replace("a@b.io or", "[email] or").replace(address, "[email]")


@pytest.mark.parametrize(
    "line",
    [
        "x " + "`" * 1000 + " y" * 500,
        "x" + "`" * 50_000 + "y" * 50_000,
        "".join("`" * size + "a" for size in range(1, 440)),
        "\n```a`" * 20_000,
    ],
)
def test_backticks_that_close_nothing_are_read(line: str):  # a cubic pattern takes minutes
    assert redact(line + "\n\n+49 171 2345678\n")[1] == "phone 1"
    assert redact(line + "\n\njane@fern.net\n")[1] == "email 1"


def test_inline_code_ends_at_as_many_backticks_as_it_begins_with():
    text = "`` a ` 415-555-2671 `` 415-555-2671 and ``` 415-555-2671"
    assert redact(text)[0] == "`` a ` 415-555-2671 `` [phone] and ``` [phone]"
    assert redact("```x``` y\n\n415-555-2671")[0] == "```x``` y\n\n[phone]"


numbers = st.text("0123456789 -+()./", max_size=24)
pieces = st.one_of(
    numbers,
    st.sampled_from(["".join(parts) for parts in SECRETS] + NO_SECRETS),
    st.sampled_from(
        ["Password", "api key", "--token", "=", ": ", '"', "'", "`", "a1B2c3D4e5f6g7h8"]
    ),
    st.sampled_from([text for text, *_ in FOUND] + KEPT + [" tel ", "Phone: ", "`", "```\n", "\n"]),
    st.text(max_size=5),
)


@settings(max_examples=600, deadline=None)
@given(st.lists(pieces, max_size=5).map("".join))
@example("".join(f"{text}\n\n" for text, *_ in FOUND))
@example("\n\n".join("".join(parts) for parts in SECRETS))
@example("`j.doe (at) mail (dot) org, please`")
def test_the_searches_miss_nothing_that_close_reading_finds(text: str):
    assert redact(text)[0] == _read_closely(text)


def _read_closely(text: str) -> str:
    """The text as `redact` leaves it where no search spares it a pattern."""
    counts: Counter[str] = Counter()

    def placeholder(kind: str) -> str:
        return pii._counted(counts, kind)  # pyright: ignore[reportPrivateUsage]

    def key(before: str) -> str:
        return before + placeholder("key")

    text = redact_keys(text, key)
    text = redact_assigned(text, range(text.count("\n") + 1), key)
    text = pii._mailed(text, lambda: placeholder("email"))  # pyright: ignore[reportPrivateUsage]
    return pii._in_prose(text, placeholder)  # pyright: ignore[reportPrivateUsage]


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=5).map("".join))
def test_redacting_twice_changes_nothing_more(text: str):
    once, _ = redact(text)
    assert redact(once)[0].count("[email]") == once.count("[email]")


@settings(max_examples=300, deadline=None)
@given(st.dates(), st.integers(0, 10**7), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %m %Y"]))
def test_dates_and_plain_numbers_stay(date, number: int, shape: str):
    text = f"On {date.strftime(shape)} we counted {number}, in version {number}.{date.day}."
    assert redact(text) == (text, None)


@pytest.mark.parametrize(
    "piece",
    ["a_", "a.", "a@", "a@a.", "@a.a", " at a", "a dot ", "0", "0 ", "01 ", "+1", "+1-", "1.", "(0",
     "tel ", "call 1 ", "DE89 ", "4111 ", "a://:", "a://a:@", "basic a", "AA:", "1:AA", "password ",
     "password is a", 'password="a ', "a ", "０", "山", "山@", "\u00a0", "T0/B0/", "tel:1%20",
     "<", "](", "`", "x://", "a (at) a (dot) ", "phone phone ", "0/", "Password:",
     "my number is the ", "(012) 12 ", "score was 1 ", "cookie: a=", "authorization: token ",
     "sessionid=1",      "mysql -p", "curl -u a:", "user=a pass=a1 ", "passwort lautet ", "sk-",
     "ya29.", "`ssh a@b.io ", "``a@b.io`"],
)  # fmt: skip
def test_endless_repetition_is_read(piece: str):  # quadratic patterns take minutes
    text = piece * (200_000 // len(piece))
    assert redact(text)[0] and _read_closely(text)


def test_checksums_tell_most_wrong_numbers():
    digits = random.Random(1)
    wrong = ["4" + "".join(digits.choices("0123456789", k=15)) for _ in range(1000)]
    assert 60 < sum(map(is_card, wrong)) < 140
    assert sum(iban_at(f"DE89{number}00") > 0 for number in wrong) < 30
