# Los textos de la página en español. Las claves y las variables son las de en.ftl.

# ---- every page
skip-link = Ir al contenido
menu-label = Menú
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
