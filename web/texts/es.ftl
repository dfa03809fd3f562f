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
