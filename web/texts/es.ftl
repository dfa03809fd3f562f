# Los textos de la página en español. Las claves y las variables son las de en.ftl.

# ---- every page
skip-link = Ir al contenido
menu-label = Menú
menu-close = Cerrar el menú
logged-in-as = Sesión de { $name }
log-out = Cerrar sesión
language-label = Idioma
footer-words = Toxmail, la oficina de correos de esta casa
flash-good = Hecho
flash-bad = No se ha hecho
failure-title = No ha funcionado
failure-words = Esto es lo que respondió la casa (por ahora en inglés):
failure-advice = Qué hacer: { $advice }

# ---- the menu
nav-home = Inicio

# ---- dates and times
date-long = { $day } de { $month } de { $year }
time-now = ahora mismo
time-minutes-ago = 
    { $minutes ->
        [one] hace { $minutes } minuto
       *[other] hace { $minutes } minutos
    }
time-today = hoy { $time }
time-yesterday = ayer { $time }
unit-days = d
month-1 = enero
month-2 = febrero
month-3 = marzo
month-4 = abril
month-5 = mayo
month-6 = junio
month-7 = julio
month-8 = agosto
month-9 = septiembre
month-10 = octubre
month-11 = noviembre
month-12 = diciembre
weekday-1 = lunes
weekday-2 = martes
weekday-3 = miércoles
weekday-4 = jueves
weekday-5 = viernes
weekday-6 = sábado
weekday-7 = domingo

# ---- what is not served
error-title-bad-request = No se entiende esta petición
error-title-forbidden = Eso no es posible aquí
error-title-not-found = Esta página no existe
error-title-too-large = Es demasiado de una vez
error-title-too-many = Un momento, por favor
error-title-trouble = La casa tiene un problema
error-title-unavailable = Ahora no
error-title-failure = No ha funcionado
error-bad-request = Su navegador ha enviado algo que esta casa no entiende. Vuelva atrás e inténtelo otra vez.
error-form = El formulario no ha llegado tal como esta casa lo envió. Vuelva atrás, cargue la página de nuevo y rellénelo otra vez.
error-slow = El formulario ha tardado demasiado en llegar. Compruebe su conexión e inténtelo otra vez.
error-token = Esta página llevaba mucho tiempo abierta, o ha iniciado o cerrado sesión en otra ventana. Vuelva atrás, cargue la página de nuevo y repítalo. No se ha cambiado nada.
error-origin = Este cambio lo ha pedido otro sitio web, o su navegador no dice cuál. No se ha hecho. Si ha sido usted: abra la página de la casa y hágalo allí.
error-host = Esta casa no responde a ese nombre. Abra http://toxmail.local/ o la dirección del aparato.
error-host-missing = La petición no dice con claridad a qué casa va dirigida.
error-plain = En esta conexión otros podrían leer, así que aquí no se cambia nada. Abra la página de la casa en la dirección segura (https).
error-admin-only = Solo puede hacerlo quien administra esta casa. Pregúntele.
error-log-in = Inicie sesión primero.
error-method = Eso no se puede hacer en esta dirección.
error-not-found = Quizá haya un error en la dirección, o la página sea de otra versión de Toxmail.
error-too-large = Lo enviado es mayor de lo que acepta esta casa. Envíe menos de una vez.
error-too-many = Se ha intentado demasiadas veces en poco tiempo.
error-trouble = Algo ha fallado por dentro. No se ha perdido ninguna carta. Inténtelo otra vez; si sigue igual, el motivo está en el registro de la casa.
error-unavailable = La casa está ocupada o se está deteniendo. Inténtelo dentro de un momento.
error-failure = La casa no ha podido hacerlo. No se ha cambiado nada.
error-retry = Inténtelo otra vez dentro de { $wait }.
error-back = A la primera página

# ---- login
login-title = Iniciar sesión
login-moment = Un momento
login-continue = Continuar
login-intro = Con su nombre en esta casa y su propia contraseña.
login-name = Nombre
login-name-hint = Lo que va antes de la @ en su dirección de aquí, por ejemplo anna.
login-password = Contraseña
login-password-hint = La suya, no la de un dispositivo.
login-submit = Iniciar sesión
login-forgotten = ¿Olvidada? Quien administra esta casa puede darle una nueva.
login-wrong = El nombre y la contraseña no coinciden. Compruebe las mayúsculas e inténtelo otra vez.
login-later = Demasiados intentos fallidos. Por su seguridad, el próximo contará dentro de { $wait }.
login-out = Ha cerrado la sesión en este dispositivo.

# ---- home
home-hello = Hola, { $name }
home-status = Cómo está la casa
home-tox-udp = Conectada a la red Tox, directamente.
home-tox-tcp = Conectada a la red Tox mediante repetidores: las cartas llegan, las grandes tardan más.
home-tox-offline = Sin conexión con la red Tox. Las cartas esperan aquí y saldrán solas. Compruebe que el router tiene conexión a internet.
home-state-good = Todo va bien
home-state-slow = Funciona, más despacio
home-state-bad = Conviene mirarlo
home-waiting = 
    { $count ->
        [0] No hay cartas en espera.
        [one] Una carta está en camino.
       *[other] { $count } cartas están en camino.
    }
home-address = Su dirección
home-address-words = Quienes tienen Toxmail en otra casa le escriben a:

# ---- over plain HTTP
plain-title = Un paso hasta la página de su casa
plain-why = En esta conexión otros en la red podrían leer. Por eso su casa solo muestra su página por una conexión segura.
plain-step-open = Abrir la página segura
plain-step-warning-title = Su navegador avisa una vez
plain-step-warning = Dice que aún no conoce su casa, y es cierto: ella responde por sí misma, no lo hace ninguna empresa. Elija «Avanzado» y continúe.
plain-step-compare-title = Si quiere estar seguro
plain-step-compare = Compare la huella (SHA-256) del certificado en el navegador con la que la casa muestra al arrancar. Esta página también la muestra, pero una página sin protección podría falsificarse:
plain-ca-title = Sin avisos, para siempre
plain-ca = Un dispositivo que confía en la autoridad de su casa no avisa nunca más. Solo puede responder por esta casa, por ningún otro sitio web.
plain-ca-pem = Descargar para ordenadores (PEM)
plain-ca-der = Descargar para teléfonos (CRT)
plain-fingerprint-server = El certificado de la página
plain-fingerprint-ca = La autoridad de su casa
plain-off = La página segura está desactivada en los ajustes de esta casa ([listen] https). Actívela allí.

# ---- setup
setup-step = Paso { $step } de { $count }
setup-title = Bienvenido a su nuevo hogar
setup-words = En pocos minutos, todos en casa tendrán su propio buzón. Puede parar cuando quiera y seguir más tarde donde lo dejó.
setup-language = ¿Qué idioma habla su hogar?
setup-go = Continuar
setup-skip = Ahora no, continuar
setup-back = Atrás
setup-print = Imprimir
setup-copy = Copiar
setup-unfinished = La configuración no está terminada
setup-finish-link = Terminar la configuración
setup-boot-mistake = Hay un problema con un archivo de la tarjeta de memoria
setup-secure-title = Las páginas siguientes piden contraseñas
setup-secure-words = Por eso se muestran por una conexión segura, que nadie en la red puede leer.
setup-secure-go = Continuar de forma segura
setup-secure-compare = Compare la huella (SHA-256) del certificado en el navegador con esta o, mejor, con la que el hogar mostró al arrancar.
setup-plain-title = ¿No se abre la página segura?
setup-plain-words = Puede continuar sin ella. Pero cualquiera que esté ahora en su red podría leer las contraseñas que escriba y, más tarde, sus cartas. Hágalo solo si conoce a todos los que están en la red, y cambie después las contraseñas en la página segura.
setup-plain-go = Continuar sin protección
setup-plain-still = Esta conexión no está protegida: otros en la red podrían leerla. Usted ha elegido continuar.
setup-plain-refused = Por esta conexión no se aceptan contraseñas, porque otros podrían leerlas. Abra la primera página de la configuración y continúe allí de forma segura.
setup-window = Durante { $minutes } minutos más, cualquiera en la red de casa puede ver esta página e instalarse primero.
setup-needs-code = Todos en su red pueden ver esta página. Solo quien tiene el código de configuración puede continuar.
setup-too-late = Por seguridad, un hogar nuevo solo se puede configurar en los primeros 30 minutos después de encenderlo. Desenchúfelo, vuelva a enchufarlo y recargue esta página después de un minuto.
setup-too-far = Por seguridad, un hogar nuevo solo se puede configurar desde su propia red. Conecte este dispositivo al mismo router que el aparato.
setup-shut = Tal como está funcionando ahora, este hogar no se puede configurar. Apáguelo y vuelva a encenderlo; si sigue así, el registro del hogar dice la razón.
restore-link = Tengo una copia de seguridad
restore-title = Recuperar su hogar
restore-words = Este aparato pasa a ser el hogar del que se hizo la copia: con sus personas, contraseñas, contactos y cartas, y la misma dirección. Primero se comprueba el archivo hasta el final; hasta entonces no cambia nada.
restore-old-box = Deje apagado el aparato antiguo a partir de ahora: dos aparatos que son el mismo hogar se quitan las cartas.
restore-passphrase = Frase secreta de la copia
restore-passphrase-hint = La que eligió al hacer la copia.
restore-file = Archivo de la copia
restore-file-hint = Un archivo grande tarda un rato. Deje esta página abierta.
restore-go = Recuperar
restored-title = Su hogar está de vuelta
restored-words = Ahora vuelve a arrancar, lo que tarda un minuto. Después entre con el nombre y la contraseña que tenía. Puede que el navegador avise otra vez, porque el hogar muestra su certificado antiguo.
setup-claimed-title = Alguien fue más rápido
setup-claimed-words = Este hogar acaba de configurarse desde otro navegador. No se ha guardado nada de lo suyo. Si fue alguien de su familia, pídale que le añada. Si no sabe quién fue, no use este hogar: configure el aparato de nuevo.
setup-code = Código de configuración
setup-code-hint = Se mostró al arrancar el hogar, o viene con el aparato. Los espacios no importan.
setup-code-missing = Falta el código de configuración.
setup-code-wrong = Ese no es el código de este hogar. Compruébelo y escríbalo otra vez.
setup-home-title = Su hogar y usted
setup-home-name = ¿Cómo se llama su hogar?
setup-home-hint = Lo ven los hogares con los que se escribe, por ejemplo «Calle del Jardín 5» o «Los Martín».
setup-home-missing = Dé un nombre a su hogar.
setup-home-long = Ese nombre es demasiado largo o tiene caracteres que no son posibles. Elija uno corto.
setup-home-locked = El hogar se llama { $home }: está en su archivo de ajustes, y se cambia allí.
setup-home-again = Usted ya es la primera persona aquí. En esta página solo se puede cambiar el nombre del hogar.
setup-first-title = Usted es la primera persona
setup-first-words = Usted cuida del hogar: puede añadir y quitar personas y cambiar los ajustes. Más tarde puede encargárselo a otra persona.
person-display = Nombre
person-display-hint = Como lo verán los demás, por ejemplo Ana Martín.
person-display-missing = Escriba un nombre.
person-display-long = Un nombre tiene como máximo { $most } caracteres, en una línea.
person-mailbox = Buzón (puede quedar vacío)
person-mailbox-hint = Lo que va antes de la @. Si queda vacío, se toma del nombre: ana para Ana Martín.
person-mailbox-missing = De ese nombre no se puede formar un buzón. Escriba uno, por ejemplo ana.
person-mailbox-wrong = Un buzón tiene de 1 a 32 letras de la a a la z, cifras, guiones o puntos sueltos, por ejemplo ana o ana.m.
person-mailbox-reserved = El hogar necesita este nombre para sí mismo. Elija otro.
person-mailbox-taken = Alguien ya tiene el buzón { $name }. Elija otro.
person-password = Contraseña
person-password-hint = Al menos ocho caracteres. Unas pocas palabras son fáciles de recordar.
person-again = La misma contraseña otra vez
person-password-short = Una contraseña tiene al menos { $shortest } caracteres.
person-password-long = Esta contraseña es demasiado larga o tiene caracteres que no se pueden volver a escribir.
person-password-differs = Las dos contraseñas no son iguales. Escriba ambas otra vez.
setup-people-title = ¿Quién más vive aquí?
setup-people-words = Cada persona tiene su propio buzón, que nadie más puede abrir. Ya lo tienen:
setup-people-add = Añadir una persona
setup-people-made = Crear una contraseña fácil de leer en voz alta
setup-people-typed = La persona escribe ahora la suya
setup-people-type = Escribir una contraseña
setup-people-submit = Añadir
setup-people-added = { $name } ya tiene un buzón.
setup-slip-title = Para { $name }
setup-slip-words = Esta contraseña se muestra ahora y nunca más. Imprímala, anótela o léala en voz alta. Cada uno puede cambiarla en su propia página.
setup-slip-page = Página
setup-provider-title = Cartas a todos los demás
setup-provider-words = La mayoría no tiene Toxmail. Para escribirles, su hogar envía por el proveedor de correo que usted ya tiene. Puede omitirlo: entonces las cartas solo van a otros hogares con Toxmail.
setup-provider-present = Las cartas salen por { $host }
setup-provider-locked = Está en el archivo de ajustes del hogar, y se cambia allí.
provider-address = Su dirección de correo
provider-address-hint = La que tiene en su proveedor, por ejemplo ana@example.org.
provider-address-wrong = Eso no es una dirección de correo. Escríbala entera, con la @.
provider-look = Buscar
provider-other = otra dirección
provider-password = Contraseña en el proveedor
provider-password-hint = Se guarda bajo llave en el hogar y nunca se vuelve a mostrar.
provider-password-missing = Escriba la contraseña.
provider-details = Servidor y usuario
provider-host = Servidor de salida (SMTP)
provider-host-hint = Lo indican las páginas de ayuda de su proveedor, por ejemplo smtp.example.org.
provider-host-wrong = Eso no es el nombre de un servidor.
provider-port = Puerto
provider-port-wrong = Un puerto es un número de 1 a 65535, casi siempre 465 o 587.
provider-tls = Cifrado
provider-tls-implicit = SSL/TLS (puerto 465)
provider-tls-starttls = STARTTLS (puerto 587)
provider-username = Usuario
provider-username-wrong = Escriba el usuario. A menudo es la dirección de correo entera.
provider-tested = El hogar prueba primero a entrar, lo que puede tardar medio minuto. Si no funciona, no se guarda nada.
provider-submit = Probar y guardar
provider-stored = La entrada funciona. A las direcciones corrientes escribe como { $address }.
provider-needs-app = { $provider } solo acepta una contraseña creada para programas («contraseña de aplicación»), no la de su página web. Cree una en su cuenta, en seguridad, y escríbala aquí.
provider-needs-enabling = En { $provider } primero hay que permitir el envío con programas de correo (POP3/IMAP o SMTP), en los ajustes de su página web.
provider-needs-own = { $provider } tiene una contraseña propia para los programas de correo, distinta de la de su cuenta. Se establece en los ajustes de la cuenta.
provider-unusable = { $provider } no deja que un hogar entre con una contraseña, así que el suyo no puede enviar por él. Use otra dirección si la tiene, o continúe sin ella.
setup-pair-title = Otro hogar con Toxmail
setup-pair-words = Las cartas a otro hogar van directamente allí, y nadie en el camino puede leerlas. Uno invita y el otro acepta.
setup-pair-mine = Usted invita
setup-pair-invite = Crear una invitación
setup-pair-theirs = Le han invitado
setup-pair-link = Su enlace
setup-pair-link-hint = Empieza por tox: y es largo. Péguelo entero.
setup-pair-link-wrong = Pegue entero el enlace que ha creado el otro hogar.
setup-pair-accept = Aceptar
setup-pair-accepted = { $name } ya es un contacto. Las cartas cruzan en cuanto los dos hogares estén en línea.
setup-pair-invitation = Su invitación
setup-pair-invitation-words = Se muestra ahora y nunca más. Sirve una vez, hasta el { $until }. Deje que la escaneen o envíe el enlace por un medio de confianza.
setup-pair-qr = Invitación a este hogar
setup-done-title = Su hogar está listo
setup-done-devices = En cada dispositivo
setup-done-devices-words = Las cartas se leen y escriben con los programas de correo que ya conoce: Thunderbird, el del teléfono y otros. Cada persona entra en esta página y elige «Conectar un dispositivo», donde se dice qué hacer.
setup-done-devices-link = Conectar un dispositivo
setup-finish = Terminar
setup-finished = El hogar está configurado. Más tarde puede cambiar todo aquí.
claimed-title = Cómo se configuró este hogar
claimed-code = El { $when }, desde { $from }, con el código de configuración.
claimed-window = El { $when }, desde { $from }, sin código, poco después de encenderlo. Si no fue ninguno de ustedes, configure el aparato de nuevo.
claimed-file = El { $when }, mediante un archivo de la tarjeta de memoria.

# ---- my security
nav-security = Contraseña y sesiones
security-title = Contraseña y sesiones
security-password = Cambiar mi contraseña
security-password-words = Su propia contraseña abre esta página. Los programas de correo que tienen una contraseña propia siguen funcionando.
security-old = Su contraseña actual
security-old-wrong = Esa no es su contraseña actual.
security-new = Contraseña nueva
security-new-hint = Al menos { $shortest } caracteres. Tres o cuatro palabras que solo usted juntaría van bien y se recuerdan fácilmente.
security-new-short = Es demasiado corta: use al menos { $shortest } caracteres.
security-again = La contraseña nueva otra vez
security-new-differs = Las dos contraseñas nuevas no son iguales. Escriba ambas de nuevo.
security-change = Cambiar la contraseña
security-changed = Su contraseña ha cambiado. Los demás navegadores han cerrado la sesión.
security-language = Mi idioma
security-language-words = El de esta página y de los mensajes con los que la casa le informa.
security-language-save = Usar este idioma
security-sessions = Dónde tengo la sesión abierta
security-sessions-words = ¿Hay algo que no conoce? Cierre esa sesión y cambie su contraseña.
security-program = Navegador
security-program-unknown = desconocido
security-address = Dirección
security-seen = Último uso
security-opened = Inicio
security-this = este
security-end = Cerrar
security-end-all = Cerrar todas las sesiones
security-ended = Se ha cerrado la sesión.
security-ended-before = La sesión ya estaba cerrada.
security-ended-all = Se han cerrado todas las sesiones, también la de este navegador.

# ---- administration
nav-admin = Administración
admin-words = Lo que usted cuida para todos en casa. Solo usted ve estas páginas.
admin-back = Volver a la administración
admin-no = No, dejarlo como está
admin-print = Imprimir
admin-members-words = Quién tiene un buzón aquí. Añadir a alguien, dar una contraseña nueva, decir qué direcciones son de quién.
admin-pairing-words = Invitar a otra casa o aceptar su invitación. Una dirección nueva si molestan desconocidos, un aparato nuevo.
admin-security-about = Quién tiene la sesión abierta en la página y qué inicios de sesión han fallado.
admin-log-words = Lo último que ha anotado la casa, para quien le ayude.
admin-version = Versión y actualizaciones
admin-version-words = En esta casa funciona Toxmail { $version }. Una versión más nueva llega por donde llegó esta: con el programa o con una imagen nueva del aparato. Esta página no busca ninguna por sí misma.

# ---- administration: people
members-title = Personas
members-list = Quién vive aquí
members-back = Volver a las personas
members-person = Persona
members-addresses = Direcciones
members-offices = Tareas
members-devices = Dispositivos
members-is-administrator = Administra la casa
members-is-main = Correo para la propia casa
members-is-member = Buzón
members-add = Añadir a una persona
members-add-button = Añadir a esta persona
members-added = { $name } ya tiene un buzón.
members-display = Nombre
members-display-hint = Tal como lo verán los demás en las cartas, por ejemplo Anna Martin.
members-display-wrong = Escriba un nombre de 1 a 100 caracteres en una línea.
members-mailbox = Buzón
members-mailbox-hint = Lo que va antes de la @, por ejemplo anna. Es también el nombre para iniciar sesión, y no cambia.
members-mailbox-wrong = Use de 1 a 32 caracteres entre a–z, 0–9, punto, guion y guion bajo, primero una letra o una cifra. Nombres como postmaster, home y root pertenecen a la propia casa.
members-mailbox-taken = { $name } ya es el buzón de alguien. Use otro nombre.
members-password-made = Crear una que se pueda leer en voz alta
members-password-typed = La escribo yo
members-password-type = Escribir una contraseña
members-slip-title = Para { $name }
members-slip-words = Anótelo o imprímalo ahora: la contraseña solo se muestra esta vez. Abre la página de la casa; allí se puede elegir otra.
members-slip-page = Página
members-slip-copy = Copiar la contraseña
members-name-title = Nombre
members-login = Inicia sesión como { $name }; la dirección en esta casa es { $name }@toxmail.local.
members-rename = Cambiar el nombre
members-renamed = A partir de ahora los demás ven { $name }.
members-reset-title = Una contraseña nueva
members-reset-words = Para quien ha olvidado la suya. Los programas de correo que tienen una contraseña propia siguen funcionando. En la página se cierran todas sus sesiones.
members-reset-own = Cambie su propia contraseña en «Contraseña y sesiones»
members-reset-button = Dar una contraseña nueva
members-reset = { $name } tiene una contraseña nueva y se han cerrado todas sus sesiones en la página.
members-ordinary = Direcciones de correo corrientes
members-ordinary-words = Direcciones en un proveedor de correo que son de esta persona. Puede escribir con ellas, y en el correo corriente aparece con la primera. Las otras casas las conocen, para que las cartas lleguen directamente.
members-ordinary-none = Ninguna todavía.
members-address = Otra dirección
members-address-sure = Me he asegurado de que esta dirección es de { $name }. En esta casa nadie más puede escribir con ella.
members-address-unsure = Diga que se ha asegurado.
members-address-wrong = Esa no es una dirección de correo corriente. Escríbala como anna@example.org.
members-address-taken = En esta casa esa es la dirección de { $name }.
members-address-add = Añadir la dirección
members-address-added = Se ha añadido { $address }.
members-address-remove = Quitar
members-address-removed = Se ha quitado { $address }.
members-devices-title = Dispositivos
members-devices-words = Cada uno tiene su propia contraseña. Si se pierde uno, retire la suya: no se desconecta nada más. El último uso se anota una vez al día.
members-devices-none = Ningún dispositivo tiene una contraseña propia.
members-device = Dispositivo
members-device-made = Desde
members-device-unused = nunca
members-device-revoke = Retirar la contraseña
members-device-revoked = La contraseña de «{ $label }» ya no abre nada.
members-main-words = Las cartas dirigidas a la casa, sin nombrar a nadie, van a una persona.
members-main-here = Las recibe { $name }
members-main-locked = El archivo toxmail.toml dice quién las recibe (main_mailbox). Solo se puede cambiar allí.
members-main-button = Que las reciba { $name }
members-main-made = A partir de ahora { $name } recibe las cartas a la propia casa.
members-administrator-here = { $name } administra la casa. Para traspasarlo, abra la página de otra persona.
members-administrator-words = Una persona administra la casa: estas páginas y las cartas al postmaster.
members-administrator-button = Traspasar la casa a { $name }
members-administrator-title = ¿Traspasar la casa a { $name }?
members-administrator-then = Desde entonces { $name } administra la casa y usted deja de ver estas páginas. Solo { $name } puede devolvérselas. Sus cartas se quedan como están.
members-administrator-yes = Traspasar
members-own-password = Su propia contraseña
members-password-wrong = Esa no es su contraseña.
members-handed-over = Ahora { $name } administra la casa.
members-remove-title = Mudanza
members-remove-own = No se puede quitar a quien administra la casa. Traspásela antes a otra persona.
members-remove-button = Quitar a { $name } …
members-removal-title = ¿Quitar a { $name }?
members-removal-devices = Todos los dispositivos y sesiones de esta persona dejan de funcionar al momento, y las cartas nuevas para ella vuelven a sus remitentes.
members-removal-letters = Sus cartas no se borran. Se guardan en el aparato, en la carpeta { $folder }, donde solo las encuentra quien tenga acceso al propio aparato.
members-removal-waiting = 
    { $count ->
        [0] No hay cartas suyas en camino.
        [one] Una carta suya sigue en camino; continuará.
       *[other] { $count } cartas suyas siguen en camino; continuarán.
    }
members-removal-contacts = Se quitan los contactos que son solo suyos. Los de toda la casa se quedan.
members-removal-main = Las cartas a la propia casa van desde entonces a otra persona: puede elegir a quién en su página.
members-removal-yes = Quitar a { $name }
members-removed = Se ha quitado a { $name }. Las cartas están guardadas en el aparato.
members-removed-partly = Se ha quitado a { $name }, pero algo no se ha podido guardar. No se ha perdido ninguna carta; el registro dice qué fue.

# ---- administration: pairing
pairing-title = Otras casas
pairing-invite-title = Invitar a otra casa
pairing-invite-words = Una invitación es un enlace. Quien lo abre en su Toxmail pasa a ser un contacto de esta casa, una vez, sin más preguntas. Entréguelo solo a quien va dirigido.
pairing-lasts = Cuánto tiempo vale
pairing-days = 
    { $count ->
        [one] Un día
       *[other] { $count } días
    }
pairing-invite = Crear una invitación
pairing-qr = La invitación como código para escanear
pairing-made-title = Invitación de { $home }
pairing-made-words = En su Toxmail abra «Otras casas» e introduzca este enlace en «Aceptar una invitación». Vale hasta el { $until }.
pairing-made-once = Cópielo, imprímalo o escanéelo ahora: solo se muestra esta vez.
pairing-copy = Copiar
pairing-open = Invitaciones abiertas
pairing-open-none = No hay ninguna abierta.
pairing-made = Creada
pairing-until = Vale hasta
pairing-withdraw = Retirarla
pairing-withdrawn = La invitación ya no abre nada.
pairing-past = Invitaciones de las últimas semanas
pairing-became = Qué fue de ella
pairing-used = aceptada
pairing-was-withdrawn = retirada
pairing-outdated = no lleva a ninguna parte: esta casa tiene una dirección Tox nueva
pairing-expired = ha caducado
pairing-accept-title = Aceptar una invitación
pairing-link = El enlace de la otra casa
pairing-link-hint = La línea entera que empieza por tox:
pairing-link-wrong = Copie la línea entera que empieza por tox: y péguela aquí.
pairing-accept = Aceptar
pairing-accepted = { $name } ya es un contacto. Las cartas salen en cuanto las dos casas se hayan encontrado.
pairing-tox-title = La dirección Tox de esta casa
pairing-tox-words = Quien la tiene puede pedir ser un contacto, y solo entra si alguien de aquí dice que sí.
pairing-renew-title = Una dirección Tox nueva
pairing-renew-why = Si no paran de llegar peticiones de desconocidos, es que tienen la dirección. Con una nueva ya no llegan a nadie.
pairing-renew-contacts = Para los contactos no cambia nada: encuentran esta casa como antes, y todas las direcciones de correo se mantienen.
pairing-renew-invitations = 
    { $count ->
        [0] No se pierde ninguna invitación abierta.
        [one] Una invitación abierta dejará de servir. Cree otra.
       *[other] { $count } invitaciones abiertas dejarán de servir. Cree otras.
    }
pairing-renew-paper = Las tarjetas en papel y los archivos con la dirección antigua ya no sirven para un primer contacto.
pairing-renew-yes = Usar una dirección nueva
pairing-renewed = Esta casa tiene una dirección Tox nueva. La antigua no lleva a ninguna parte.
pairing-move-title = Un aparato nuevo
pairing-move-words = Si esta casa pasa a otro aparato sin su copia de seguridad, las otras casas tienen que saber dónde está.
pairing-move-link = Anunciar un aparato nuevo …
pairing-moving = Hay un aparato nuevo anunciado
pairing-moving-words = Los contactos que esta casa encuentra lo saben y se les pide que lo confirmen. La clave del aparato nuevo:
pairing-move-withdraw = Retirar el anuncio
pairing-move-withdrawn = El anuncio se ha retirado.
pairing-move-backup = Un aparato nuevo en el que pone la copia de seguridad de este es la misma casa. Entonces no hay nada que anunciar.
pairing-move-then = Sin ella, el aparato nuevo es un desconocido para los demás. Este dirá entonces a cada contacto que encuentre dónde está el nuevo; allí una persona compara unas palabras con usted y dice que sí. Desde entonces las cartas van al aparato nuevo. Deje este encendido hasta que todos hayan contestado.
pairing-move-id = La dirección Tox del aparato nuevo
pairing-move-hint = 76 cifras y letras; el aparato nuevo las muestra en esta misma página.
pairing-move-wrong = Esa no es una dirección Tox: tiene 76 caracteres de 0–9 y A–F.
pairing-move-yes = Anunciar el aparato nuevo
pairing-move-announced = El aparato nuevo se anuncia a cada contacto que esta casa encuentre.

# ---- administration: log
log-title = Registro
log-words = Lo que la casa ha anotado desde que arrancó, lo más nuevo primero, en inglés. No tiene que entenderlo: es para quien le ayude. Contiene direcciones, pero nunca lo que dice una carta, ni contraseñas.
log-last = Las últimas líneas
log-problems = Solo lo que salió mal
log-all = Todo lo que se guarda
log-more = Mostrar todo lo que se guarda
log-empty = Aún no hay nada anotado.
log-no-problems = Nada ha salido mal
log-caption = La línea más nueva va primero
log-severity = Tipo
log-text = Qué dice
log-error = Problema
log-warning = Para mirar
log-fact = Nota
log-download-title = Para quien le ayude
log-download-words = Lo mismo como archivo. Repáselo antes de entregarlo: dice quién escribe a quién.
log-download = Guardar como archivo

# ---- security of the home
nav-admin-security = Seguridad
admin-security-title = Seguridad de la casa
admin-security-sessions = Quién tiene la sesión abierta
admin-security-sessions-words = Una sesión termina tras dos semanas sin uso y al cambiar la contraseña.
admin-security-member = Persona
admin-security-end-all = Cerrar la sesión de todos
admin-security-failures = Inicios de sesión fallidos
admin-security-failures-words = Los últimos cien desde que arrancó la casa, en todos los servicios. Algunos son erratas o un programa con una contraseña antigua. Muchos desde una dirección: alguien prueba contraseñas, y cada vez tiene que esperar más.
admin-security-failures-none = Ninguno
admin-security-when = Cuándo
admin-security-login = Como
admin-security-service = Servicio

# ---- about
nav-about = Acerca de
about-title = Acerca de Toxmail
about-version = Toxmail
about-toxcore = Biblioteca Tox (toxcore)
about-sqlite = Base de datos (SQLite)
about-licence-title = Licencia
about-licence = Toxmail es software libre: puede usarlo, estudiarlo, compartirlo y modificarlo según la Licencia Pública General de GNU, versión 3 o posterior. Se ofrece sin garantía alguna.
about-parts = De qué está hecho
about-parts-words = 
    { $count ->
        [one] { $count } biblioteca de otras personas, con su propia licencia:
       *[other] { $count } bibliotecas de otras personas, cada una con su propia licencia:
    }
about-part = Biblioteca
about-part-version = Versión
about-part-licence = Licencia

# ---- my card
nav-me = Mi tarjeta
me-title = Mi tarjeta de dirección
me-words = Désela a quien deba escribirle: con el código, como archivo o en papel.
me-qr = { $name } como contacto, para escanear
me-tox = Para el primer contacto de la otra casa
me-tox-words = Esta es la dirección Tox de su casa. Quien administra otra casa la introduce allí una vez; desde entonces las cartas van directamente de casa a casa.
me-download = Descargar como contacto (vCard)
me-copy = Copiar la dirección
me-copied = Copiada
me-print = Imprimir
me-more = Más cosas suyas
me-to-devices = Conectar un teléfono o un ordenador
me-to-card = Una tarjeta para la pared, con todos los ajustes
me-to-letters = Cartas en camino

# ---- my devices
nav-devices = Dispositivos
devices-title = Mis dispositivos
devices-connect = Conectar un dispositivo
devices-connect-words = Cada teléfono y cada ordenador recibe su propia contraseña. Si uno se pierde, usted retira solo la suya.
devices-choose = Conectar
devices-thunderbird = Thunderbird en un ordenador
devices-thunderbird-words = Usted escribe su nombre y su dirección; lo demás lo encuentra solo.
devices-android = Android, con Thunderbird
devices-android-words = Usted escanea un código con la aplicación Thunderbird.
devices-apple = iPhone, iPad o Mac
devices-apple-words = Usted descarga un archivo y el dispositivo se configura solo.
devices-delta = Delta Chat
devices-delta-words = Usted escanea un código. Lea antes qué es lo que no comprueba.
devices-other = Outlook y otros
devices-other-words = Usted escribe los ajustes de una tabla.
devices-list = Dispositivos conectados
devices-list-words = El último uso se anota una vez al día.
devices-none = Aún no hay ningún dispositivo conectado.
devices-label = Cómo llama usted al dispositivo
devices-made = Conectado
devices-used = Último uso
devices-never = Aún no
devices-revoke = Desconectar
devices-revoke-title = ¿Desconectar este dispositivo?
devices-revoke-words = Ya no podrá leer ni enviar cartas aquí. Las que ya tiene se quedan en él. Si lo conecta de nuevo más adelante, recibirá otra contraseña.
devices-revoke-yes = Desconectar
devices-revoke-no = Conservarlo
devices-revoked = «{ $label }» está desconectado.
devices-back = A mis dispositivos
devices-before = Antes de empezar
devices-make = Crear una contraseña para él
devices-make-words = La contraseña se crea ahora y se muestra una sola vez, en la página siguiente.
devices-make-button = Crear la contraseña
devices-make-file = Descargar el archivo
devices-label-hint = Para reconocerlo después, por ejemplo «Portátil de la cocina».
devices-label-other = Programa de correo
devices-label-empty = Póngale un nombre al dispositivo.
devices-label-long = Es demasiado largo: { $most } caracteres como máximo.
devices-after = Después
devices-steps = Cómo seguir
devices-compare = Para comparar
devices-compare-words = Si un dispositivo pregunta si puede confiar en el certificado, compare estas letras y cifras (SHA-256) con lo que muestra. Si son iguales, es su casa. Si no, elija «Cancelar» y pregunte a quien administra la casa.
devices-fingerprint-server = El certificado de su casa
devices-fingerprint-ca = La autoridad de su casa
devices-dialog = Lo que verá
devices-thunderbird-before = Thunderbird preguntará una vez si puede confiar en su casa. Puede ahorrárselo: descargue la autoridad de su casa e impórtela en Thunderbird en Ajustes, Privacidad y seguridad, Administrar certificados, Autoridades.
devices-thunderbird-step-1 = En Thunderbird elija «Nueva cuenta» y luego «Correo electrónico».
devices-thunderbird-step-2 = Escriba su nombre y esta dirección: { $address }. Elija «Continuar». Encuentra los ajustes solo.
devices-thunderbird-step-3 = Escriba la contraseña que esta página ha creado para él, no la suya.
devices-thunderbird-step-4 = Si aún no conoce su casa, muestra esto. Elija «Ver…», compare la huella de más abajo y confirme:
devices-thunderbird-step-5 = Al enviar su primera carta lo pregunta una vez más. Después, nunca.
devices-exception-title = Añadir excepción de seguridad
devices-exception-words = No se confía en el certificado porque no ha sido verificado como emitido por una autoridad de confianza.
devices-exception-button = ☑ Guardar esta excepción de manera permanente · [Confirmar excepción de seguridad]
devices-android-step-1 = Instale Thunderbird desde su tienda de aplicaciones.
devices-android-step-2 = Descargue la autoridad de su casa en el teléfono e instálela allí en Ajustes, Seguridad, Más ajustes de seguridad, Instalar un certificado, Certificado de CA. El teléfono avisa de ello; solo puede responder por esta casa.
devices-android-step-3 = Abra Thunderbird en el teléfono y elija «Importar ajustes» o «Escanear código QR». Acérquelo al código de la página siguiente.
devices-android-step-4 = Muestra la cuenta que ha encontrado. Elija «Importar».
devices-android-step-5 = Si no encuentra el nombre de su casa, escriba en su lugar una de las direcciones de la tabla.
devices-apple-before = El archivo contiene la contraseña. Va por la conexión segura solo a este dispositivo. Abra esta página en el dispositivo que quiere conectar.
devices-apple-profile = Correo y contactos de su casa. Con el certificado este dispositivo reconoce su casa; no puede responder por ningún otro sitio web.
devices-apple-step-1 = Permita la descarga. El dispositivo dice «Perfil descargado».
devices-apple-step-2 = iPhone y iPad: abra Ajustes y luego «Perfil descargado». Mac: abra Ajustes del Sistema, General, Gestión de dispositivos. Aparece el nombre de su casa:
devices-apple-unverified = No verificado. (Lo dice de todo perfil que ninguna empresa ha firmado.)
devices-apple-step-3 = Elija «Instalar» y escriba el código del dispositivo.
devices-apple-step-4 = Solo iPhone y iPad: Ajustes, General, Información, Ajustes de confianza de los certificados, y active su casa.
devices-apple-step-5 = Abra Mail. Sus cartas están ahí.
devices-delta-before = Delta Chat no conoce el certificado de su casa ni puede aprenderlo. No comprobará con quién habla: alguien en su red podría hacerse pasar por su casa y quedarse con la contraseña de este dispositivo. En casa rara vez es un peligro; en la red de un café no lo use.
devices-delta-agree = Lo he entendido y aun así quiero usar Delta Chat.
devices-delta-agree-first = Marque antes esta casilla o elija otro programa.
devices-delta-step-1 = En Delta Chat elija «Crear nuevo perfil» o «Añadir perfil» y luego «Escanear código QR».
devices-delta-step-2 = Acérquelo al código de la página siguiente y elija «OK».
devices-other-before = Si el programa puede usar los certificados del ordenador, instale allí antes la autoridad de su casa: así no preguntará nunca.
devices-other-step-1 = En el programa elija configurar la cuenta a mano, o «Configuración avanzada», y allí IMAP o POP como en la tabla.
devices-other-step-2 = Escriba los ajustes de la tabla, con el nombre de usuario y la contraseña de esta página, para recibir y para enviar.
devices-other-step-3 = Si pregunta si puede confiar en el certificado, compare la huella.
devices-made-title = «{ $label }» está listo para conectarse
devices-once = Solo esta vez
devices-once-words = La contraseña está aquí ahora y nunca más. Escríbala o escanéela ya. Si la necesita después, cree otra.
devices-code = Ajustes y contraseña de un dispositivo, para escanear
devices-code-words = Quien escanee este código puede leer sus cartas. Muéstreselo solo a su propio dispositivo.
devices-your-name = Su nombre
devices-your-address = Su dirección
devices-password = Contraseña de este dispositivo
devices-copy = Copiar la contraseña
devices-by-hand = Los ajustes, para escribirlos
devices-table = Servidores
devices-purpose = Para
devices-incoming = Recibir
devices-outgoing = Enviar
devices-protocol = Tipo
devices-server = Servidor
devices-port = Puerto
devices-security = Seguridad
devices-login = Nombre de usuario
devices-books = Libreta de direcciones (CardDAV)
devices-instead = Si no encuentra el servidor
devices-written-down = Hecho: escrita o escaneada
devices-card-title = Una tarjeta para la pared
devices-card-words = Sus direcciones y los ajustes, para imprimir. Las contraseñas no están en ella.
devices-card-page = La página de su casa:
devices-card-by-hand = (escrita a mano, si acaso)

# ---- my letters
nav-letters = Cartas en camino
letters-title = Mis cartas en camino
letters-none = No hay nada en camino: todas sus cartas han salido.
letters-no-more = No hay más cartas después de estas.
letters-first-page = Al principio
letters-count =
    { $count ->
        [one] Una carta, { $size }.
       *[other] { $count } cartas, { $size } en total.
    }
letters-no-subject = (sin asunto)
letters-facts = Escrita { $when }, { $size }
letters-who = { $name } ({ $address })
letters-on-its-way = En camino
letters-delivered = Ha llegado
letters-held = Espera su respuesta
letters-failed = No ha llegado
letters-waits-for-home = Espera a que la otra casa esté
letters-waits = Espera su turno
letters-waits-again = Se intentará otra vez
letters-next-try = Próximo intento dentro de { $wait }.
letters-why = La casa dice:
letters-more =
    { $count ->
        [one] Y una persona más.
       *[other] Y { $count } más.
    }
letters-sent-bytes = { $sent } enviados
letters-sent-of-bytes = { $sent } de { $total }
letters-sent-of-parts = { $sent } de { $total } partes
letters-speed = { $size } por segundo
letters-left = quedan { $time }
letters-retry = Intentar ahora
letters-retried = Se está intentando ahora.
letters-gone = Ya ha salido.
letters-cancel = Retirar
letters-cancel-title = ¿Retirar esta carta?
letters-cancel-words = No irá a quien aún no la tiene. Quien la tiene se la queda.
letters-cancel-yes = Retirarla
letters-cancel-no = Dejar que siga
letters-cancel-late = Ya no se puede retirar.
letters-cancelled = La carta está retirada.
letters-look-again = Mirar de nuevo
letters-next-page = Cartas más recientes
