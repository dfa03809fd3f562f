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
date-short = { $day } de { $month }
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
home-state-good = Todo va bien
home-state-attention = Conviene mirarlo
home-state-bad = Hace falta alguien
home-state-unknown = No se sabe ahora mismo
home-fine = Las cartas van y vienen. No tiene que hacer nada.
home-for-admin =
    { $count ->
        [one] Hay algo que debería ver quien administra esta casa. Lo encuentra en esta página al iniciar sesión.
       *[other] Hay { $count } cosas que debería ver quien administra esta casa. Las encuentra en esta página al iniciar sesión.
    }
home-unknown = La casa no puede decirlo ahora mismo.
home-tox = El camino a otras casas
home-tox-state-udp = Directo
home-tox-state-tcp = Por repetidores
home-tox-state-offline = Ninguno
home-tox-udp = Conectada a la red Tox, directamente.
home-tox-tcp = Conectada a la red Tox mediante repetidores: las cartas llegan, las grandes tardan más. Tras un arranque es normal durante unos minutos; si sigue así, el router no deja pasar UDP.
home-tox-offline = Sin conexión con la red Tox. Las cartas esperan aquí y saldrán solas. Compruebe que el router tiene conexión a internet.
home-tox-since = Así está desde: { $when }.
home-tox-peers = De { $count } casas y amigos se llega a { $direct } directamente y a { $relayed } por un repetidor.
home-letters = Mis cartas en camino
home-waiting =
    { $count ->
        [0] No hay cartas en espera.
        [one] Una carta está en camino.
       *[other] { $count } cartas están en camino.
    }
home-waiting-all =
    { $count ->
        [0] En toda la casa no espera ninguna carta.
        [one] En toda la casa espera una carta ({ $size }); en camino en este momento: { $moving }.
       *[other] En toda la casa esperan { $count } cartas ({ $size }); en camino en este momento: { $moving }.
    }
home-no-subject = (sin asunto)
home-to = Para { $name }
home-sent = { $sent } de { $total }
home-parts = Parte { $sent } de { $total }
home-speed = { $size } por segundo
home-left = faltan { $time }
home-moving-more =
    { $count ->
        [one] Y para una persona más.
       *[other] Y para { $count } más.
    }
home-online = Quién está
home-online-words = Una carta para ellos sale enseguida.
home-online-none = Todavía no hay contactos.
home-online-nobody = Ahora no hay nadie. Las cartas esperan y salen en cuanto su aparato esté.
home-online-count = { $there } de { $count } contactos
home-online-directly = directamente
home-online-relayed = por un repetidor
home-online-more =
    { $count ->
        [one] Y uno más.
       *[other] Y { $count } más.
    }
home-box = El aparato
home-disk = Sitio en el disco
home-disk-free = { $free } libres de { $total }
home-disk-letters = Cartas en los buzones
home-disk-waiting = Cartas en espera
home-backup = Última copia de seguridad
home-backup-none = ninguna todavía
home-days-mine = Mis cartas de los últimos { $count } días
home-days-all = Todas las cartas de esta casa en los últimos { $count } días
home-days-none = No llegó ni salió ninguna carta.
home-days-received = Recibidas: { $count } (directamente { $direct }, por correo corriente { $ordinary }, dentro de la casa { $local }).
home-days-sent = Enviadas: { $count } (directamente { $direct }, por correo corriente { $ordinary }, dentro de la casa { $local }).
home-days-line = { $day }: { $received } recibidas, { $sent } enviadas
home-days-day = Día
home-days-in = Recibidas
home-days-out = Enviadas
home-days-pale = Más pálido: por correo corriente
home-days-table = Los números en una tabla
home-address = Su dirección
home-address-words = Quienes tienen Toxmail en otra casa le escriben a:
home-again = Mirar otra vez
home-live = Esta página muestra por sí sola lo que cambia.

# ---- lo que puede no ir bien
finding-do-restart = Reinicie el aparato: desenchúfelo, espere diez segundos y vuelva a enchufarlo. Si sigue así, el registro de la casa dice más.
finding-do-reach = Pregúnteles si su aparato está encendido y tiene conexión a internet. Lo que es para ellos espera aquí y nada se pierde.
finding-do-choose = Elija a otra persona, o añada a { $name }.
finding-not-running = La casa no está en marcha: no sale ni llega ninguna carta.
finding-out-of-order = Una parte de la casa no hace su trabajo.
finding-settings-mistake = Hay un error en el archivo toxmail.toml. La casa sigue con lo que leyó antes.
finding-settings-mistake-do = Corríjalo antes del próximo arranque: con el error no arrancaría.
finding-never-started = La casa nunca se ha puesto en marcha.
finding-never-started-do = Póngala en marcha y abra esta página otra vez.
finding-database-damaged = Lo que la casa guarda en su disco está dañado.
finding-database-damaged-do = Restaure una copia de seguridad antes del próximo arranque; en una tarjeta o un disco nuevos si este es viejo.
finding-old-toxcore = La biblioteca Tox de esta casa ({ $version }) tiene un fallo peligroso.
finding-old-toxcore-do = Actualícela a { $oldest } o posterior y reinicie la casa.
finding-tox-ended = La casa ha perdido del todo su conexión con la red Tox: ninguna carta va directamente.
finding-tox-offline = Sin conexión con la red Tox desde hace { $time }.
finding-tox-offline-do = Las cartas esperan y saldrán solas. Si dura, compruebe que el router tiene conexión a internet.
finding-tox-offline-long = Sin conexión con la red Tox desde hace { $time }: ninguna carta llega ni sale directamente.
finding-tox-offline-long-do = Compruebe si otros dispositivos de aquí tienen internet. Si es así, reinicie primero el router y después el aparato.
finding-tox-nobody-answers = Nadie en la red Tox responde a esta casa.
finding-tox-nobody-answers-do = Compruebe si otros dispositivos de aquí tienen internet. Si es así, la casa necesita una lista de ayudantes más nueva: toxmaild bootstrap import, en un terminal.
finding-tox-relayed = Todo va por repetidores: las cartas llegan, las grandes tardan más.
finding-tox-relayed-do = Irá más rápido si el router deja pasar UDP, mejor aún con el puerto { $port } redirigido al aparato.
finding-direct-only-without-udp = Algunos contactos están en «solo directo», pero esta casa no tiene ninguna conexión directa. Sus cartas esperan.
finding-direct-only-without-udp-do = Active UDP en toxmail.toml, o permita repetidores para esos contactos.
finding-no-bootstrap-nodes = La casa no conoce a nadie a quien preguntar el camino a la red Tox.
finding-no-bootstrap-nodes-do = Dele una lista de ayudantes: toxmaild bootstrap import, en un terminal.
finding-names-behind-proxy =
    { $count ->
        [one] Un ayudante de toxmail.toml no sirve detrás del proxy.
       *[other] { $count } ayudantes de toxmail.toml no sirven detrás del proxy.
    }
finding-names-behind-proxy-do = Escríbalos allí por su número (dirección IP), no por su nombre.
finding-not-a-friend = Tox no acepta a { $name } como contacto: no le llega ninguna carta.
finding-not-a-friend-do = Quite el contacto y añádalo de nuevo con su dirección Tox completa.
finding-identity-not-saved = La identidad Tox de la casa no se puede guardar.
finding-identity-not-saved-do = Compruebe si el disco está lleno o falla. La casa lo intenta de nuevo por sí sola.
finding-tox-blind = Las cartas de otras casas se notan un poco más tarde de lo que sería posible.
finding-not-served = El servicio «{ $service }» no funciona ({ $address }).
finding-no-such-service = El servicio «{ $service }» está activado en toxmail.toml, pero esta versión no lo tiene.
finding-no-such-service-do = Desactívelo allí, o actualice Toxmail.
finding-no-members = Todavía nadie tiene buzón.
finding-no-members-do = Añada a la primera persona.
finding-no-main-mailbox = Las cartas para la casa misma deben ir a { $name }, que no vive aquí.
finding-no-pairing-member = Hay que preguntar a { $name } por los contactos nuevos, pero no vive aquí.
finding-disk-full = El disco está lleno ({ $size } libres): no se acepta ninguna carta.
finding-disk-full-do = Haga sitio ahora: borre cartas viejas, o dé a la casa un disco más grande.
finding-disk-low = El disco está casi lleno ({ $size } libres).
finding-disk-low-do = Haga sitio pronto: borre cartas viejas, o dé a la casa un disco más grande.
finding-clock-not-set = El aparato no sabe qué hora es.
finding-clock-not-set-do = Con conexión a internet pone su reloj en hora él solo. Hasta entonces nadie se entera a tiempo cuando una carta espera demasiado.
finding-letters-late-name =
    { $count ->
        [one] Una carta para { $name } espera desde hace { $time }.
       *[other] { $count } cartas para { $name } esperan, la primera desde hace { $time }.
    }
finding-letters-late-seen-do = Su aparato se vio por última vez: { $when }. Pregúnteles si está encendido y tiene conexión a internet.
finding-letters-late-ordinary =
    { $count ->
        [one] Una carta a una dirección corriente espera desde hace { $time }.
       *[other] { $count } cartas a direcciones corrientes esperan, la primera desde hace { $time }.
    }
finding-letters-late =
    { $count ->
        [one] Una carta espera desde hace { $time }.
       *[other] { $count } cartas esperan, la primera desde hace { $time }.
    }
finding-letter-lost = El archivo de una carta en espera (número { $id }) ha desaparecido.
finding-letter-lost-do = Recupérelo de una copia de seguridad, o retire la carta, para que quien la escribió lo sepa.
finding-provider-fails-home = El proveedor de correo de la casa no acepta cartas (desde: { $when }).
finding-provider-fails-member = El proveedor de correo de { $name } no acepta cartas (desde: { $when }).
finding-provider-fails-do = Las cartas a direcciones corrientes esperan y se intentan de nuevo. Compruebe si la cuenta funciona y la contraseña sigue siendo la misma.
finding-fetch-fails = No se recogen las cartas de { $name } en su proveedor de correo (desde: { $when }).
finding-fetch-fails-do = Se quedan allí y se intenta de nuevo. Compruebe si la cuenta funciona y la contraseña sigue siendo la misma.
finding-gateway-fails =
    { $count ->
        [one] El otro servidor de correo de la familia no ha aceptado una carta.
       *[other] El otro servidor de correo de la familia no ha aceptado { $count } cartas.
    }
finding-gateway-do = Compruebe si funciona. Las cartas esperan aquí y nada se pierde.
finding-gateway-away = No se puede llegar al otro servidor de correo de la familia ({ $address }).
finding-gateway-door-off = El servidor de correo de { $domain } no puede entregar cartas: su puerta está cerrada.
finding-gateway-door-off-do = Ábrala en toxmail.toml: [listen] gateway.
finding-gateway-open-door = Cualquier dispositivo de { $networks } puede escribir como cualquiera de { $domain }.
finding-gateway-open-door-do = Exija allí una contraseña: username y password_file bajo [gateway] en toxmail.toml.
finding-gateway-password = No se puede leer la contraseña del otro servidor de correo de la familia.
finding-gateway-password-do = Compruebe que el archivo { $path } existe y que la casa puede leerlo.
finding-incompatible = { $name } tiene otra versión de Toxmail, así que ninguna carta pasa.
finding-incompatible-do = Actualice las dos casas al Toxmail más nuevo.
finding-request-flood = { $count } desconocidos han pedido en una hora ser contactos.
finding-request-flood-do = Alguien ha difundido la dirección Tox de esta casa. Dele otra; sus contactos se quedan, y sus casas la aprenden solas.
finding-requests-waiting =
    { $count ->
        [one] Alguien pide ser contacto.
       *[other] { $count } piden ser contactos.
    }
finding-requests-waiting-do = Mire quién es y diga sí o no.
finding-peer-double = La casa de { $name } funciona en dos aparatos a la vez.
finding-peer-double-do = Dígaselo: las cartas van unas veces a uno y otras al otro, hasta que apaguen uno de los dos.
finding-seen-double = { $name } ve esta casa en dos aparatos a la vez: las cartas van unas veces a uno y otras al otro.
finding-seen-double-do = Apague el otro aparato y no lo ponga nunca más en marcha con los mismos datos. Si no sabe de ninguno, alguien tiene una copia de esta casa: prepare una nueva y vuelva a conectarla.
finding-unanswered = { $name } no ha respondido a su petición desde hace una semana.
finding-unanswered-do = Pídale que la acepte, o una invitación; o quite el contacto.
finding-peer-silent = No se ha visto a { $name } desde hace más de una semana. La última vez: { $when }.
finding-open-to-others = Otros usuarios de esta máquina pueden leer { $path }, donde hay secretos.
finding-open-to-others-do = Resérvelo para la casa; en un terminal: chmod go= { $path }
finding-certificate-unreadable = No se puede leer una clave o un certificado de esta casa: { $path }.
finding-certificate-unreadable-do = Reinicie la casa: hace un certificado nuevo. Si sigue así, recupere la carpeta tls de una copia de seguridad.
finding-certificate-expired = El certificado de la casa ha caducado: los navegadores y programas de correo avisan.
finding-certificate-ends = El certificado de la casa caduca dentro de { $time }.
finding-certificate-do = Reinicie el aparato: hace uno nuevo. Si sigue así, compruebe que su reloj va bien.
finding-backup-never = No hay copia de seguridad: lo que está en este disco se perdería con él.
finding-backup-old = La última copia de seguridad es antigua ({ $when }).
finding-backup-do = Haga una y guárdela fuera de este aparato.

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
setup-title = Aquí aún no vive nadie
setup-words = Esta es una casa nueva. La primera persona que se añada la administra. En un terminal del aparato:

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
