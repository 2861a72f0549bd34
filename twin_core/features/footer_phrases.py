"""What publishing tools say in German, French and Spanish: more for the rules of `footer_rules`,
which says how they are used. Lower case, straight apostrophes; each of `CALLS` is a whole block."""

from twin_core.features import footer_names as names

_NETWORKS = (
    r"(?:twitter|x\b|linkedin|facebook|instagram|medium|mastodon|bluesky|github|youtube|substack)"
)
# What a reader may have liked.
_TEXT_DE = (
    r"(?:(?:der|die|das|dieser?|dieses|mein) )?(?:beitrag|artikel|text|post|blog|folge|das|es|"
    r"was)\b"
)
_TEXT_FR = r"(?:article|billet|texte|page|newsletter|post|épisode|contenu|lecture|blog)"
_TEXT_ES = r"(?:artículo|entrada|post|texto|publicación|boletín|lectura|blog|to|que)\b"
# By the names of the rules of `footer_rules`: German, French, Spanish.
CALLS = {
    "thanks for reading": (
        r"(?:danke|vielen dank)\b.{0,40}\b(?:lesen|liest|gelesen)\b.*(?:abonn|teil|newsletter).*",
        r"merci (?:de |d'|pour ).{0,30}(?:lu|lire|lecture)\b.*(?:abonn|partag|newsletter|souten).*",
        r"gracias por (?:leer|leerme|leernos|suscribirte)\b.*(?:suscr|comp[aá]rt|newsletter|"
        r"boletín).*",
    ),
    "button": (
        r"(?:(?:jetzt|hier|kostenlos|den|diesen|unseren|meinen|newsletter|blog|beitrag|artikel) )"
        r"{0,4}(?:abonnieren|abbestellen|abmelden|weiterlesen|teilen)[.!→»]*",
        r"(?:per|via) (?:rss|atom|feed|e-?mail) (?:abonnieren|folgen)|"
        r"s'abonner (?:au flux|par|via) (?:le )?(?:flux )?(?:rss|atom|e-?mail)|suscr(?:ibirse|"
        r"íbete) (?:por|vía|al) (?:feed )?"
        r"(?:rss|atom|e-?mail|correo)",
        r"im browser (?:ansehen|anzeigen|öffnen|lesen)",
        r"nach oben|zum seitenanfang|zum inhalt springen",
        r"(?:s'abonner|abonnez-vous|abonne-toi|se désabonner|désabonnez-vous|désinscription|"
        r"se désinscrire|je m'abonne|lire la suite|partager)(?: (?:ici|maintenant|gratuitement|"
        r"à la newsletter|à cette newsletter|de la newsletter|de cette liste|cet article|ce billet|"
        r"cette page)){0,2}[ .!→»]*",
        r"(?:voir|lire|ouvrir) dans (?:le|un|votre) navigateur|haut de page|aller au contenu",
        r"(?:suscr[ií]bete|suscribirse|suscribirme|suscríbase|darse de baja|date de baja|"
        r"darme de baja|cancelar (?:la |mi )?suscripción|seguir leyendo|leer más|compartir|"
        r"comparte)(?: (?:aquí|ahora|gratis|al boletín|a la newsletter|de esta lista|del boletín|"
        r"de la newsletter|este artículo|esta entrada|este post|esta página)){0,2}[.!→»]*",
        r"ver en (?:el|tu|su) navegador|volver arriba|ir al contenido",
    ),
    "call to subscribe": (
        r"(?:abonnier(?:e|t|en sie)|meld(?:e|et)? (?:dich|euch)|melden sie sich|trage? dich|"
        r"tragt euch|tragen sie sich) .{0,60}\b(?:newsletter|verteiler|mailingliste|blog)\b.{0,80}",
        r"(?:abonnez-vous|abonne-toi|inscrivez-vous|inscris-toi|s'inscrire) .{0,60}"
        r"\b(?:newsletter|infolettre|liste|blog|billets|articles)\b.{0,80}",
        r"(?:suscr[ií]bete|suscríbase|apúntate|inscríbete) .{0,60}\b(?:newsletter|boletín|lista|"
        r"blog|entradas|artículos)\b.{0,80}",
    ),
    "way to unsubscribe": (
        r"(?:(?:du kannst|sie können|hier kannst du|hier können sie) )?(?:dich |sich |"
        r"den newsletter |diesen newsletter |vom newsletter |jederzeit |hier |wieder ){1,5}"
        r"(?:abmelden|abbestellen)[.!]?",
        r"(?:du erhältst|du bekommst|sie erhalten|sie bekommen) dies(?:e|en) (?:e-?mail|mail|"
        r"newsletter|nachricht),? weil .*",
        r"(?:(?:vous pouvez|tu peux|pour) )(?:vous |te |se )(?:désabonner|désinscrire)\b.{0,80}",
        r"(?:vous recevez|tu reçois) (?:cet? |cette )?(?:e-?mail|mail|courriel|message|"
        r"newsletter)\b.{0,10}(?:car|parce que?)\b.*",
        r"(?:puedes|puede|para) (?:darte|darse|darme) de baja\b.{0,80}",
        r"(?:recibes|has recibido|recibe|ha recibido) este (?:correo|e-?mail|mensaje|boletín) "
        r"porque .*",
    ),
    "call to share": (
        r"(?:teil(?:e|t|en sie)|empfiehl|empfehlen sie) (?:gerne? )?dies(?:en|e|es) (?:beitrag|"
        r"artikel|text|post|newsletter|ausgabe|seite)\b.{0,80}",
        r"(?:n'hésitez? pas à )?partage[zr]? (?:cet article|ce billet|cette newsletter|"
        r"cette page|ce texte)\b.{0,80}",
        r"(?:comparte|compartir|comparta) (?:este|esta) (?:artículo|entrada|post|publicación|"
        r"boletín|newsletter|página)\b.{0,80}",
    ),
    "if you liked this": (
        r"(?:wenn|falls) (?:dir|ihnen|euch) .{0,60}\bgef(?:allen|ällt|iel)\b.{0,60}(?:teil|abonn|"
        r"empf|newsletter|unterstütz|folg|spendier).*",
        r"si (?:vous avez|tu as) aimé (?:cet?|cette) ?(?:article|billet|texte|page|"
        r"newsletter)\b.{0,20}"
        r"(?:partage[zr]?|abonne|suive[zr]|soutene[zr]).*",
        r"si (?:cet article|ce billet|ce texte|cette newsletter) .{0,10}(?:plu|plaît|aidé)\b"
        r".{0,60}(?:partag|abonn|suiv|souten|newsletter).*",
        r"si te (?:ha )?gust(?:ó|ado|a)\b.{0,60}(?:comp[aá]rt|suscr|sígue|newsletter|boletín|"
        r"apoy).*",
    ),
    "closing line": (
        r"(?!.*\b(?:sagte|fragte|meinte|rief)\b)"
        rf"(?:(?:hat|gefällt|gefallen|haben) (?:dir|ihnen|euch) {_TEXT_DE}[^.!?]{{0,40}}|"
        r"gefallen|hat's gefallen)\?[!?]* (?:(?:dann|bitte|gerne?) ){0,2}(?:teil(?:e|t|en sie)|"
        r"folg(?:e|t|en sie)|abonnier(?:e|t|en sie)|unterstütz(?:e|t|en sie)|"
        r"empf(?:iehl|ehlt|ehlen sie)|spendier\w*|hinterlass\w*|schreibt? mir)\b.{0,120}",
        r"(?!.*\b(?:dit|demanda|demandait)\b)"
        rf"(?:(?:cet|cette|ce|l'|ces) ?{_TEXT_FR} (?:vous|t'|t) ?(?:a|ont) (?:plu|aidée?s?|"
        r"intéressée?s?)|(?:vous avez|tu as|t'as) (?:aimé|apprécié) "
        rf"(?:cet|cette|ce|l'|ces) ?{_TEXT_FR}|ça (?:vous|t'|t) ?a plu) ?\?[!?]* "
        r"(?:(?:alors|n'hésitez? pas à|pensez à) )?(?:partage[zr]?|abonne[zr]?|suive[zr]|suis|"
        r"soutene[zr]|soutiens|offre[zr]?|laisse[zr]?|inscri\w+)\b.{0,120}",
        r"(?:danke|vielen dank) (?:fürs|für das) lesen[.!]*",
        r"merci (?:de m'avoir lue?|d'avoir lu|(?:pour|de) votre lecture)[ .!]*",
        r"(?:muchas )?gracias por (?:leer|leerme|tu lectura)[.!]*",
        r"n'hésitez? pas à (?:partager|commenter)(?: ce.{0,20})?[ .!]*",
        r"(?!.*\b(?:dijo|preguntó)\b)¿ ?(?:te|le|os|les) (?:ha )?gust(?:ó|ado)"
        rf"(?: (?:est[ea]|el|la|lo) ?{_TEXT_ES}.{{0,30}})?\? ¡?(?:(?:pues|entonces|no dudes en) )?"
        r"(?:comp[aá]rt\w*|suscr\w+|sígue\w*|apóya\w*|apoya|invítame|déja\w*)\b.{0,120}",
    ),
    "call to support": (
        r"spendier\w* (?:mir |uns )(?:doch )?(?:gerne )?(?:einen|ein) (?:kaffee|bier|tee)[.!]*",
        r"(?:offre(?:z)?|paye(?:z)?)-moi un (?:café|thé)[ .!]*",
        r"invítame a un (?:café|té)[.!]*",
    ),
    "licence": (
        r"(?:(?:dieser|dieses|diese|der|die|das|alle) \w+ (?:steht|stehen|ist|sind|wurde) )?"
        rf"(?:lizenziert )?unter (?:der |einer )?(?:lizenz )?{names.LICENCE}(?: lizenziert)?[.]?|"
        rf"lizenz: ?{names.LICENCE}",
        r"(?:(?:ce|cet|cette|les?|la) \w+ (?:est|sont) (?:publiée?s?|diffusée?s?|mise?s? à "
        r"disposition)? ?)?(?:sous |selon les termes de la )?(?:une |la )?licence ?:? "
        rf"{names.LICENCE}",
        r"(?:(?:este|esta|el|la|los) \w+ (?:está|están|se publica) )?(?:publicad[oa]s? )?"
        rf"(?:bajo |con )?(?:una |la )?licencia ?:? (?:de )?{names.LICENCE}",
    ),
    "tool's name": (
        r"(?:stolz )?(?:betrieben|erstellt|gemacht|gebaut|präsentiert|bereitgestellt) "
        rf"(?:mit|von|durch) {names.TOOLS}",
        r"(?:fièrement )?(?:propulsé|créé|généré|fait|hébergé) (?:par|avec|sur|grâce à) "
        rf"{names.TOOLS}",
        r"(?:orgullosamente )?(?:con la tecnología de|funciona (?:con|gracias a)|"
        rf"(?:creado|hecho|impulsado|generado) (?:con|por)) {names.TOOLS}",
    ),
    "way to reply": (
        r"(?:per|via) e-?mail antworten[.!]*|antworte[nt]? ?(?:mir )?(?:per|via) e-?mail[.!]*",
        r"répond(?:re|ez|s)(?:-moi)? (?:par|via) (?:e-?mail|mail|courriel)[ .!]*",
        r"respond(?:er|e|a) (?:por|vía) (?:e-?mail|correo(?: electrónico)?)[.!]*",
    ),
    "dateline": (
        r"(?:zuletzt |letzte )?(?:aktualisiert|aktualisierung|geändert|änderung|veröffentlicht)"
        rf"(?: am|:)? {names.DATE}[.]?",
        r"(?:dernière )?(?:mise à jour|modification|modifié|publié)(?: ?:| le)? (?:le )?"
        rf"{names.DATE}[.]?",
        r"(?:última )?(?:actualización|modificación|actualizado|modificado|publicado)(?: ?:| el)? "
        rf"(?:el )?{names.DATE}[.]?",
    ),
    "follow me": (
        rf"(?:folg(?:e|t|en sie)|du findest|sie finden) (?:mir|mich|uns) (?:auf|bei) {_NETWORKS}"
        r".{0,80}",
        rf"(?:suivez|retrouvez|suis|retrouve)-(?:moi|nous) sur {_NETWORKS}.{{0,80}}",
        rf"(?:sígueme|síguenos|encuéntrame|encuéntranos) en {_NETWORKS}.{{0,80}}",
    ),
    "first published": (
        r"(?:zuerst |ursprünglich )?(?:erschienen|veröffentlicht) (?:auf|bei|in|am) \S+\.\S+"
        r".{0,80}",
        r"(?:d'abord |initialement )?(?:publié|paru) (?:sur|dans) \S+\.\S+.{0,80}",
        r"(?:originalmente )?publicado (?:originalmente )?en \S+\.\S+.{0,80}",
    ),
    "copyright": (
        r".{0,60}alle rechte vorbehalten[.]?",
        r".{0,60}tous droits réservés[.]?",
        r".{0,60}todos los derechos reservados[.]?",
    ),
    "reading time": (
        r"lesezeit:? \d+ min(?:uten?|\.)?|\d+ min(?:uten?|\.)? lesezeit",
        r"\d+ min(?:utes?)? de lecture|temps de lecture ?:? .{1,20}",
        r"tiempo de lectura:? \d+ min(?:utos?)?|\d+ min(?:utos?)? de lectura",
    ),
}
LIKES = r"gefällt mir|j'aime|me gusta"  # after a number
COUNTED = (  # as well; Chinese and Japanese too
    r"kommentare?|antworten|commentaires?|réponses?|comentarios?|respuestas?|コメント|评论|評論|留言"
)
SHARE = (
    r"teilen|twittern|tweeten|posten|drucken|(?:(?:auf|bei|per|via|über) [\w-]+ )?teilen|"
    r"(?:auf|bei|per|via|über) (?:facebook|twitter|x|linkedin|reddit|e-mail|mail|whatsapp|"
    r"mastodon) "
    r"(?:teilen|senden|versenden)|partager|tweeter|imprimer|envoyer|(?:partager )?(?:sur|par|via) "
    r"(?:facebook|twitter|x|linkedin|reddit|e-mail|mail|courriel|whatsapp|mastodon)|compartir|"
    r"tuitear|imprimir|enviar|correo|(?:compartir )?(?:en|por) (?:facebook|twitter|x|linkedin|"
    r"reddit|"
    r"correo|e-mail|whatsapp|mastodon)"
)
CLUE = (
    r"lizen|propuls|betrieben|funciona|gefallen|hat dir|gust[óa]|plu |aimé|hésit|abonn|abbestell|"
    r"abmelden|empfehl|empfiehl|teile|newsletter|verteiler|mailingliste|folg|"
    r"erhältst|erhalten|bekomm|erschienen|veröffentlicht|vorbehalten|inscri|partag|suivez|suis-|"
    r"retrouve|recevez|reçois|publié|paru |réservés|suscr|de baja|comp[aá]rt|apúntate|"
    r"boletín|sígue|"
    r"encuéntra|recib|publicado|reservados|apoy"
)
COMMENTS = (  # headings of what readers wrote
    r"(?:schreibe? |hinterlasse? |verfasse )?(?:einen |deinen |ihren )?kommentar (?:schreiben|"
    r"hinterlassen|verfassen|abgeben)|(?:schreibe?|hinterlasse?) (?:einen|deinen) kommentar|"
    r"(?:laisser|laissez|ajouter|écrire) (?:un|votre) commentaire|"
    r"(?:deja|dejar|escribe|escribir|añadir) (?:un|tu) comentario|deja una respuesta"
)
COMMENTING = (  # marks of a reader's entry
    r"antworten|gefällt mir|melden|répondre|j'aime|signaler|responder|me gusta|denunciar"
)
AGO = (
    r"\bvor (?:\d+|einer|einem) (?:minuten?|stunden?|tag(?:en)?|wochen?|monat(?:en)?|"
    r"jahr(?:en)?)\b|"
    r"\bil y a (?:\d+|une?) (?:minutes?|heures?|jours?|semaines?|mois|ans?)\b|"
    r"\bhace (?:\d+|una?) (?:minutos?|horas?|días?|semanas?|mes(?:es)?|años?)\b"
)
SAYS = r"sagte?|schreibt|schrieb|meint|kommentierte?|dit|a dit|écrit|a écrit|dice|dijo|escribió"
AFTERWORDS = (  # headings of further reading
    r"(?:ähnliche|verwandte|weitere|beliebte|neueste|empfohlene) (?:beiträge|artikel|texte)|"
    r"das könnte (?:dich|sie) auch interessieren|(?:articles|billets) (?:similaires|récents|liés)|"
    r"à lire aussi|(?:artículos|entradas) (?:relacionad[oa]s|recientes|similares)|"
    r"también te puede (?:gustar|interesar)"
)
AFTERCALLS = (  # headings of calls
    r"(?:diesen (?:beitrag|artikel) teilen|teile diesen (?:beitrag|artikel)|"
    r"partage[rz] cet article|"
    r"compart(?:e|ir) (?:este artículo|esta entrada)):?|über (?:den autor|die autorin)|"
    r"à propos de l'aut(?:eur|rice)|sobre (?:el autor|la autora)|newsletter abonnieren|"
    r"(?:abonnez-vous|suscríbete)(?: (?:à|a) .{1,60})?"
)
