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
failure-words = Esto es lo que se dijo (en inglés):

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
login-forgotten = ¿Olvidada?
login-forgotten-member = Quien se ocupa de esta casa puede darle una nueva: en «Administración», «Personas».
login-forgotten-admin = ¿Se ocupa usted mismo? En un aparato, la contraseña nueva entra por la tarjeta de memoria:
login-forgotten-step-1 = Desenchufe el aparato y ponga su tarjeta de memoria en un ordenador. Se abre una unidad pequeña.
login-forgotten-step-2 = Cree allí un archivo de texto que se llame { $file }: en la primera línea su nombre en esta casa, en la segunda la contraseña nueva, de ocho caracteres como mínimo.
login-forgotten-step-3 = Vuelva a poner la tarjeta y enchufe el aparato. Después de dos minutos vale la contraseña nueva y el archivo ya no está. Si no, mire otra vez la tarjeta: { $problem } dice por qué.
login-forgotten-computer = Si la casa funciona en un ordenador, escriba en él en un terminal, con su nombre en esta casa:
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
home-tox-peers = Casas y amigos: { $count }. Directamente: { $direct }, por un repetidor: { $relayed }.
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
home-to-letters = Todas mis cartas en camino
home-to = Para { $name }
home-moving-more =
    { $count ->
        [one] Y para una persona más.
       *[other] Y para { $count } más.
    }
home-online = Quién está
home-online-words = Una carta para ellos sale enseguida.
home-online-none = Todavía no hay contactos.
home-online-nobody = Ahora no hay nadie. Las cartas esperan y salen en cuanto su aparato esté.
home-online-count = Contactos que están: { $there } de { $count }
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
home-days-line = { $day }: recibidas { $received }, enviadas { $sent }
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
finding-tox-nobody-answers-do = Mire si otros dispositivos de aquí llegan a internet. Si llegan, actualice Toxmail: trae una lista de ayudantes más reciente.
finding-tox-relayed = Todo va por repetidores: las cartas llegan, las grandes tardan más.
finding-tox-relayed-do = Irá más rápido si el router deja pasar UDP, mejor aún con el puerto { $port } redirigido al aparato.
finding-direct-only-without-udp = Algunos contactos están en «solo directo», pero esta casa no tiene ninguna conexión directa. Sus cartas esperan.
finding-direct-only-without-udp-do = Active UDP en toxmail.toml, o permita repetidores para esos contactos.
finding-no-bootstrap-nodes = La casa no conoce a nadie a quien preguntar el camino a la red Tox.
finding-no-bootstrap-nodes-do = Quite «bootstrap» del archivo toxmail.toml, si está allí; si no, actualice Toxmail, que trae una lista de ayudantes.
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
finding-no-members = Todavía nadie tiene buzón.
finding-no-members-do = Añada a la primera persona.
finding-no-main-mailbox = Las cartas para la casa misma deben ir a { $name }, que no vive aquí.
finding-no-pairing-member = Hay que preguntar a { $name } por los contactos nuevos, pero no vive aquí.
finding-disk-full = El disco está lleno ({ $size } libres): no se acepta ninguna carta.
finding-disk-full-do = Haga sitio ahora: borre cartas viejas, o dé a la casa un disco más grande.
finding-disk-low = El disco está casi lleno ({ $size } libres).
finding-disk-low-do = Haga sitio pronto: borre cartas viejas, o dé a la casa un disco más grande.
finding-under-voltage = La caja recibe poca corriente.
finding-under-voltage-do = Use la fuente de alimentación hecha para ella, con un cable corto, y desconecte lo que además toma corriente de la caja. La falta de corriente puede dañar la tarjeta.
finding-doors = El cortafuegos de la caja no se pudo poner como debe ser.
finding-doors-do = Apague la caja y vuelva a encenderla. Si sigue así, instale otra versión, o ponga una tarjeta nueva y restaure una copia de seguridad. El correo sigue mientras tanto; unas reglas más sencillas, o el propio Toxmail, dejan fuera a los desconocidos.
finding-overheating = La caja está demasiado caliente ({ $degrees } °C).
finding-overheating-do = Dele aire, lejos del sol y del radiador. Va más despacio por sí sola, y sigue.
finding-card-worn = La tarjeta de memoria está al final de su vida (se ha gastado el { $percent } %).
finding-card-worn-do = Haga una copia de seguridad ahora y restáurela pronto en una tarjeta nueva.
finding-card-errors =
    { $count ->
        [one] La tarjeta de memoria o el disco ha cometido un error.
       *[other] La tarjeta de memoria o el disco ha cometido { $count } errores.
    }
finding-card-errors-do = Desenchufe la caja y vuelva a enchufarla: repara lo que puede. Después haga enseguida una copia de seguridad. Si vuelve a pasar, restaure la copia en una tarjeta nueva.
finding-card-unreadable = La tarjeta de memoria o el disco no se pudo leer o escribir en algún lugar.
finding-card-unreadable-do = Haga ahora una copia de seguridad y restáurela en una tarjeta o un disco nuevo: este se está estropeando. Si en la copia falta una carta que ya no se puede leer, lo dirá.
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
finding-open-to-others-do = Resérvelo para la casa; en un terminal:
finding-certificate-unreadable = No se puede leer una clave o un certificado de esta casa: { $path }.
finding-certificate-unreadable-do = Reinicie la casa: hace un certificado nuevo. Si sigue así, recupere la carpeta tls de una copia de seguridad.
finding-certificate-expired = El certificado de la casa ha caducado: los navegadores y programas de correo avisan.
finding-certificate-ends = El certificado de la casa caduca dentro de { $time }.
finding-certificate-do = Reinicie el aparato: hace uno nuevo. Si sigue así, compruebe que su reloj va bien.
finding-backup-never = No hay copia de seguridad: lo que está en este disco se perdería con él.
finding-backup-old = La última copia de seguridad es antigua ({ $when }).
finding-update-failed = La versión { $version } se probó en esta caja ({ $when }) y no funcionó; funciona la versión anterior.
finding-update-failed-do = Espere a una versión posterior. No se perdió ninguna carta. La página de actualización dice qué pasó.
finding-update-not-started = La versión { $version } no arrancó tres veces seguidas ({ $when }), y funciona la otra versión. Desenchufar la caja varias veces seguidas basta para eso.
finding-update-not-started-do = Instálela otra vez en la página de actualización; si la caja busca versiones por la noche, lo hace por sí sola. No se perdió ninguna carta.
finding-update-not-installed = La versión { $version }, que la caja había traído por sí sola, no se pudo instalar ({ $when }).
finding-update-not-installed-do = Dígaselo a quien prepara sus actualizaciones. La página de actualización explica qué pasó. Lo que funciona no se cambió.
finding-updates-unreachable = La caja no puede saber si hay una versión posterior de Toxmail ({ $why }).
finding-updates-unreachable-do = Compruebe la dirección en la página de actualización, o desactive allí la búsqueda nocturna.
finding-backup-do = Haga una y guárdela fuera de este aparato.

# ---- what the home says no with
no-other = La casa no ha podido hacerlo. No se ha cambiado nada.
no-other-do = Inténtelo otra vez. Si sigue así, enséñeselo a quien administra la casa: el registro dice más.
no-disk-full = El disco de la casa está lleno.
no-disk-full-do = Borre cartas que nadie necesite y vuelva a intentarlo.
no-disk-fails = La casa no puede leer o escribir su tarjeta de memoria o su disco.
no-disk-fails-do = Avise a quien administra la casa. Quizá la tarjeta esté gastada: haga una copia de seguridad y ponga una tarjeta nueva. Si no se puede hacer la copia, desenchufe la caja, vuelva a enchufarla y hágala enseguida.
no-busy = La casa tiene mucho que hacer ahora mismo.
no-busy-do = Inténtelo otra vez dentro de un momento.
no-stopping = La casa se está apagando o encendiendo.
no-stopping-do = Espere un minuto y vuelva a intentarlo.
no-gone = Lo que buscaba ya no está.
no-gone-do = Alguien lo ha cambiado o quitado entretanto. Vuelva a cargar la página.
no-locked = Lo dice el archivo toxmail.toml, que manda.
no-locked-do = Solo se puede cambiar en ese archivo. Puede hacerlo quien instaló el aparato.
no-value = Esto no se puede poner así.
no-value-do = Elija otra cosa.
no-times = Una carta volvería antes de que quien la escribió sepa que espera.
no-times-do = Elija un plazo más corto para avisar, o uno más largo hasta que la carta vuelva.
no-mailbox-taken = Alguien tiene ya el buzón { $name }.
no-mailbox-taken-do = Elija otro.
no-address-taken = { $address } es de otra persona.
no-address-taken-do = Una dirección es de una sola persona. Quítela allí primero.
no-usable = Lo que ha escrito no se puede usar.
no-usable-do = Busque una errata y pruebe otra cosa.
no-login = No se ha podido entrar en el proveedor. No se ha guardado nada.
no-login-do = Revise abajo el servidor, el usuario y la contraseña. Muchos proveedores quieren una contraseña propia para programas («contraseña de aplicación»). También puede seguir sin ello y volver más tarde.
no-account = El proveedor no deja entrar a la casa ahora mismo.
no-account-do = No se pierde nada: las cartas esperan y se vuelve a intentar. Si la contraseña ha cambiado allí, introduzca la cuenta de nuevo.
no-fetched-already = { $name } ya recoge de ese buzón.
no-fetched-already-do = Un buzón de allí es de una sola persona aquí. Use el usuario de otro.
no-tox-address = Eso no es una dirección Tox, o contiene un error.
no-tox-address-do = Cópiela otra vez, del primer carácter al último. Tiene 76 cifras y letras.
no-key-only = Eso es solo una parte de una dirección Tox, y esta casa aún no sabe de quién.
no-key-only-do = Pida su dirección Tox completa o una invitación.
no-own-home = Esa es su propia casa.
no-own-home-do = Introduzca aquí lo que le dio la otra casa. Lo suyo es para ellos.
no-contact-known = Esa dirección ya está en los contactos, como { $name }.
no-contact-known-do = Abra ese contacto si debe tener otro nombre.
no-email-known = { $name } ya tiene esa dirección de correo.
no-email-known-do = Una dirección es de un solo contacto. Quítela allí primero.
no-email = «{ $address }» no es una dirección de correo corriente.
no-email-do = Busque una errata. Quien vive aquí no necesita contacto.
no-other-tox = { $name } tiene aquí otra dirección Tox.
no-other-tox-do = Un contacto tiene una sola dirección Tox. Cree un segundo contacto para la otra.
no-address = Un contacto necesita una dirección.
no-address-do = Deje al menos una, o quite el contacto entero.
no-chat-tox = Un amigo con un programa de chat Tox necesita una dirección Tox.
no-chat-tox-do = Pídasela: 76 cifras y letras.
no-home-chat = En esa dirección hay una casa con Toxmail, no un programa de chat.
no-home-chat-do = Añádala sin marcar la casilla del programa de chat.
no-too-many = No caben más contactos ni direcciones.
no-too-many-do = Quite contactos, direcciones o fotos que nadie necesite.
no-blocked = Esa casa está bloqueada aquí.
no-blocked-do = Quien administra su casa puede quitar el contacto bloqueado; después se puede volver a añadir.
no-box-removed = El aparato nuevo se quitó de los contactos de aquí.
no-box-removed-do = Pídales una invitación y acéptela.
no-box-taken = Ese aparato es ya el aparato nuevo de { $name }.
no-box-taken-do = Pregunte a ambos de quién es. Quite el contacto equivocado y conéctense de nuevo.
no-cards = Ahí no se pueden leer contactos.
no-cards-do = Expórtelos otra vez como vCard (un archivo que termina en .vcf), versión 3 o 4.
no-card-large = Ese contacto es demasiado grande.
no-card-large-do = Use una foto más pequeña: todo junto puede tener 512 kB.
no-card-name = Ese contacto no tiene nombre.
no-card-name-do = Póngale un nombre en su origen y expórtelo otra vez.
no-invitation = Eso no es una invitación completa.
no-invitation-do = Copie el enlace entero, desde tox: hasta el final, o pida una nueva.
no-invitation-newer = Esa invitación la hizo un Toxmail más reciente.
no-invitation-newer-do = Actualice esta casa, o deje que le añadan con su dirección Tox.
no-invitation-address = Eso es una dirección Tox, no una invitación.
no-invitation-address-do = Añádala en «Contactos», o pida una invitación.
no-invitations-many = Ya hay cien invitaciones abiertas.
no-invitations-many-do = Retire primero algunas.
no-letter = Esa carta ya no espera.
no-letter-do = Ha salido o se retiró. No hay nada que hacer.
no-letter-held = Esa carta espera una respuesta.
no-letter-held-do = Diga primero si debe salir.
no-backup-runs = Ya se está haciendo una copia de seguridad.
no-backup-runs-do = Espere a que esté lista.
no-passphrase = Esa no es la frase secreta de esta copia.
no-passphrase-do = Escriba la que valía al hacer esta copia. No se ha cambiado nada.
no-backup = Ese archivo no es la copia de una casa, o está dañado.
no-backup-do = Elija otro archivo, o una copia anterior. No se ha cambiado nada.
no-backup-newer = Esa copia la hizo un Toxmail más reciente.
no-backup-newer-do = Ponga primero el Toxmail más reciente en este aparato. No se ha cambiado nada.
no-served = Esta casa no ofrece lo que este dispositivo necesita.
no-served-do = Use otro programa, o pida a quien administra la casa que lo active en su archivo toxmail.toml.
no-host-name = Este programa quiere una casa con nombre, y la suya solo tiene un número.
no-host-name-do = Use otro programa, o haga que la casa reciba un nombre como toxmail.local en su archivo toxmail.toml.
no-ascii = Este programa solo acepta letras sencillas en una dirección.
no-ascii-do = Use otro programa u otra de sus direcciones.
no-code = Es demasiado para un código que se escanea.
no-code-do = Escriba en su lugar los ajustes de la tabla.

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
plain-ca-pem = Descargar para Mac, Linux y Thunderbird (PEM)
plain-ca-der = Descargar para Windows y teléfonos (CRT)
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
setup-window = 
    { $minutes ->
        [one] Durante un minuto más, cualquiera en la red de casa puede ver esta página e instalarse primero.
       *[other] Durante { $minutes } minutos más, cualquiera en la red de casa puede ver esta página e instalarse primero.
    }
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
restored-settings = Algunos ajustes de la copia de seguridad no encajan en esta caja. Su hogar sigue sin ellos; por eso no falta ninguna de sus cartas. Cuáles son lo dice un correo a quien se ocupa del hogar.
paper-link = Solo tengo la hoja de papel
paper-title = Desde la hoja de papel
paper-words = Esta caja recibe la dirección Tox que tenía su hogar. Las personas y los contactos hay que añadirlos de nuevo; las cartas que han guardado los hogares de sus contactos llegan entonces.
paper-text = El texto de la hoja
paper-text-hint = De BEGIN a END. Escanee el código con un teléfono y copie lo que muestra, o tecléelo; los espacios y los finales de línea no importan.
paper-passphrase = Frase secreta de la hoja
paper-passphrase-hint = La que eligió al hacer la hoja.
paper-go = Tomar esta dirección
paper-wrong = Este no es el texto de una hoja, o una letra está mal o falta. Empieza con BEGIN y acaba con END.
paper-taken = Su hogar ha recuperado su dirección
paper-taken-check = En la hoja están las mismas palabras:
paper-taken-words = La caja vuelve a arrancar ahora, lo que tarda un minuto. Después instálese, como en una caja nueva. Puede que el navegador avise una vez más, porque el hogar tiene un certificado nuevo.
paper-taken-next = Instalarse
adopt-found = Hay un disco conectado con un hogar.
adopt-link = Seguir con el hogar de este disco
adopt-title = Seguir con el hogar de este disco
adopt-words = La tarjeta de una caja puede estropearse mientras el disco con sus cartas está entero. Esta caja sigue entonces como ese hogar: con sus personas, contraseñas, contactos y cartas, y la misma dirección. En el disco no se borra nada.
adopt-old-card = Hágalo solo si la tarjeta a la que pertenecía el disco está rota o perdida. No vuelva a arrancar nunca una caja con esa tarjeta: dos cajas que son el mismo hogar se quitan las cartas.
adopt-choice = { $name }, { $size }. Una caja escribió en él por última vez: { $when }.
adopt-choice-no-time = { $name }, { $size }.
adopt-alone = Ninguna otra caja tiene este hogar: su tarjeta está rota o perdida.
adopt-alone-missing = Confirme aquí que ninguna otra caja tiene este hogar. Si alguna lo tiene, siga allí.
adopt-go = Seguir con este hogar
adopt-under-way = Deje la caja encendida y el disco conectado. Vuelve a arrancar, lo que tarda unos minutos. Después entre con el nombre y la contraseña que tenía.
adopt-nothing = No hay conectado ningún disco con un hogar. Conéctelo a la toma USB de la caja, espere unos segundos y mire otra vez.
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
provider-another = Otra dirección
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
scan-hint = Si le enseñan un código: la cámara de muchos teléfonos muestra el texto que contiene. Cópielo, desde tox: hasta el final, y péguelo aquí. Si la suya no muestra nada, pida que le envíen el enlace en un mensaje.
scan-start = Escanear el código con la cámara
scan-stop = Apagar la cámara
scan-refused = No se puede usar la cámara. Permítala en el navegador o pegue el enlace.
setup-pair-invitation = Su invitación
setup-pair-invitation-words = Se muestra ahora y nunca más. Sirve una vez, hasta el { $until }. Deje que la escaneen o envíe el enlace por un medio de confianza.
setup-pair-qr = Invitación a este hogar
setup-done-title = Su hogar está listo
setup-done-devices = En cada dispositivo
setup-done-devices-words = Las cartas se leen y escriben con los programas de correo que ya conoce: Thunderbird, el del teléfono y otros. Cada persona entra en esta página y elige «Conectar un dispositivo», donde se dice qué hacer.
setup-done-devices-link = Conectar otro dispositivo
setup-done-this = En este dispositivo
setup-done-this-words = Recibe una contraseña propia, que se muestra una sola vez. Este dispositivo parece: { $device }.
setup-done-this-go = Conectar este dispositivo
setup-finish = Terminar
setup-finished = El hogar está configurado. Más tarde puede cambiar todo aquí.
claimed-title = Cómo se configuró este hogar
claimed-code = Este hogar se configuró el { $when }, desde { $from }, con el código de configuración.
claimed-window = Este hogar se configuró el { $when }, desde { $from }, sin código, poco después de encenderlo. Si no fue ninguno de ustedes, configure el aparato de nuevo.
claimed-file = Este hogar se configuró el { $when }, mediante un archivo de la tarjeta de memoria.

# ---- my security
nav-security = Contraseña
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
members-remove-button = Quitar a { $name } …
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
pairing-move-link = Anunciar un aparato nuevo …
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

# ---- administration: cable and Wi-Fi
admin-network-words = Cómo está conectada la caja: por cable o por wifi.
network-title = Cable y wifi
network-now = Cómo está conectada la caja
network-by-cable = La caja está conectada por cable.
network-by-wifi = La caja está conectada por wifi, en «{ $name }».
network-by-wifi-heard = La caja está conectada por wifi, en «{ $name }» ({ $reception }).
network-by-some-wifi = La caja está conectada por wifi.
network-by-nothing = La caja no está conectada en este momento, ni por cable ni por wifi.
network-signal-good = buena señal
network-signal-fair = señal regular
network-signal-weak = señal débil
network-address = Su dirección allí es { $address }.
network-no-address = El router todavía no le ha dado una dirección.
network-stands-by = También está en la wifi «{ $name }», que toma el relevo cuando se quita el cable.
network-set = La wifi «{ $name }» está configurada, pero la caja no está en ella en este momento.
network-waits = La caja empieza en un momento.
network-looking = La caja escucha qué redes hay cerca. Tarda unos segundos.
network-looked = La caja ha escuchado. Lo que hay cerca se puede elegir abajo.
network-joining = La caja prueba la wifi «{ $name }». Tarda hasta un minuto.
network-joined = La caja está en la wifi «{ $name }».
network-wrong-password = La wifi «{ $name }» no ha aceptado la contraseña. Escríbala de nuevo, con sus mayúsculas y minúsculas.
network-not-found = No se ha encontrado la wifi «{ $name }». O está demasiado lejos, o se escribe de otra manera, o tiene contraseña y usted dijo que no la tiene.
network-failed = La wifi «{ $name }» está ahí, pero no ha dejado entrar a la caja. Reinicie el router, o acerque la caja, e inténtelo de nuevo.
network-no-hardware = Esta caja no tiene wifi.
network-forgotten = La wifi está olvidada. La caja ya solo está conectada por cable.
network-interrupted = La caja fue interrumpida antes de terminar.
network-not-understood = La caja no lo ha entendido. Inténtelo otra vez.
network-then-back = La wifi de antes vuelve a estar configurada.
network-then-tries = Antes no había ninguna, así que se queda configurada y la caja sigue probando.
network-then-nothing = No hay ninguna wifi configurada.
network-wifi-title = Elegir una wifi
network-without = Esta caja no tiene wifi. Solo se conecta por cable.
network-wifi-words = La caja solo usa la wifi mientras no tiene un cable. Un cable es más rápido y falla menos.
network-look = Buscar las redes cercanas
network-which = Red
network-near = { $name } ({ $reception }, { $lock })
network-lock-none = sin contraseña
network-lock-some = con contraseña
network-lock-other = la caja no puede entrar
network-other = Otra, por su nombre
network-name = Nombre de la wifi
network-name-only = Solo para una red que no está en la lista porque oculta su nombre.
network-name-hint = Tal como lo escribe el router, con sus mayúsculas y espacios.
network-name-missing = Diga de qué red se trata.
network-name-wrong = Ninguna wifi se llama así: un nombre tiene como mucho 32 caracteres, menos con acentos.
network-lock = ¿Hay una contraseña?
network-lock-with = Sí, la siguiente
network-lock-without = No: sin contraseña. Quien esté cerca puede entrar en esta red y ver con quién habla la caja.
network-lock-impossible = La caja no puede entrar en esta red: solo acepta WPA3, o una cuenta por persona, o el antiguo WEP. Si es suya, ponga el router en «WPA2 y WPA3».
network-lock-is-there = Esta red tiene contraseña. Elija «Sí» y escríbala.
network-lock-both = Eligió «sin contraseña» y escribió una. Haga solo una de las dos cosas.
network-password = Contraseña de la wifi
network-password-hint = De 8 a 63 caracteres; a menudo está escrita en el router. La caja guarda una clave hecha con ella, no la contraseña.
network-password-wrong = Eso no es una contraseña de wifi: tiene de 8 a 63 caracteres.
network-country = País
network-country-hint = Donde está la caja. Cada país tiene sus propias reglas para la radio.
network-country-choose = Elegir
network-country-other = U otro país, por sus dos letras
network-country-wrong = Elija el país, o escriba sus dos letras, como ES.
network-go = Unirse a esta wifi
network-go-words = Si la caja no entra en un minuto, la wifi de antes vuelve sola. Mientras no haya un cable en la caja, esta página no responde entretanto, y después solo a los dispositivos de la red nueva.
network-asked = La caja lo intenta ahora.
network-under-way = La caja está ocupada con su red. Espere un minuto e inténtelo de nuevo.
network-trouble = No se pudo avisar a la caja. Inténtelo de nuevo; si vuelve a pasar, desenchúfela y enchúfela otra vez.
network-forget-title = Olvidar la wifi
network-forget-words = «{ $name }» está configurada. Si la caja la olvida, solo está conectada por cable.
network-forget-cable = Enchufe primero un cable: sin wifi nadie podría llegar a la caja.
network-forget = Olvidar esta wifi
network-forgets = La caja la olvida ahora.
network-countries = DE Alemania; AR Argentina; AU Australia; AT Austria; BE Bélgica; BR Brasil; BG Bulgaria; CA Canadá; CZ Chequia; CL Chile; CY Chipre; CO Colombia; HR Croacia; DK Dinamarca; SK Eslovaquia; SI Eslovenia; ES España; US Estados Unidos; EE Estonia; FI Finlandia; FR Francia; GR Grecia; HU Hungría; IE Irlanda; IS Islandia; IT Italia; LV Letonia; LI Liechtenstein; LT Lituania; LU Luxemburgo; MT Malta; MX México; NO Noruega; NZ Nueva Zelanda; NL Países Bajos; PE Perú; PL Polonia; PT Portugal; GB Reino Unido; RO Rumanía; ZA Sudáfrica; SE Suecia; CH Suiza; UA Ucrania; UY Uruguay

# ---- administration: another version
admin-update-words = Qué versión usa esta caja, y cómo recibe otra.
update-title = Actualización
update-now = Lo que funciona ahora
update-waits = El archivo está aquí. La caja lo mira ahora.
update-checking = La caja comprueba si el archivo es para ella.
update-installing = La versión { $version } se está poniendo en la tarjeta. Deje la caja encendida; el correo sigue.
update-trying = La versión { $version } está instalada, y la caja arranca de nuevo con ella. Tarda unos minutos. Si no funciona, la versión anterior vuelve por sí sola.
update-installed = La versión { $version } está instalada y funciona.
update-refused = El archivo no se aceptó: no es una actualización hecha para su caja por quienes la hicieron. Búsquelo otra vez donde salen las actualizaciones. No se ha cambiado nada.
update-other-board = El archivo no se aceptó: es para otra clase de caja. Elija el de la suya. No se ha cambiado nada.
update-older = El archivo no se aceptó: la versión { $version } no es más reciente que la que funciona. Si es lo que quiere, envíelo otra vez y dígalo. No se ha cambiado nada.
update-failed = La versión { $version } no se pudo poner en la tarjeta. Lo que funciona no ha cambiado. Inténtelo otra vez; si vuelve a fallar, quizá la tarjeta esté gastada.
update-interrupted = Se fue la luz mientras la actualización se ponía en la tarjeta. Lo que funciona no ha cambiado. Envíe el archivo otra vez.
update-fell-back = La versión { $version } no funcionó aquí, y la versión anterior funciona de nuevo. No se perdió ninguna carta. Espere a una versión posterior.
update-not-started = La versión { $version } funcionaba, y después no arrancó tres veces seguidas; funciona la otra versión. No se perdió ninguna carta. Si la caja se desenchufó varias veces, es por eso: instálela otra vez.
update-file-title = Otra versión
update-words = La caja la pone junto a lo que funciona, arranca con ella y solo la conserva si funcionan el correo, la red Tox y esta página. Las cartas que llegan entretanto esperan donde sus remitentes.
update-which = Qué versiones
update-newer-only = Solo una posterior a la que funciona
update-older-too = También una más antigua
update-file = El archivo
update-file-hint = Su nombre termina en .raucb. Deje esta página abierta hasta que esté aquí.
update-go = Enviar e instalar
update-taken = El archivo está aquí. La caja lo mira ahora.
update-under-way = Ya hay una actualización en marcha. Espere a que termine.
update-no-room = No hay sitio para él en el disco. Borre cartas que nadie necesita, e inténtelo otra vez.
update-too-large = Este archivo es demasiado grande: ninguna actualización para esta caja lo es tanto. Elija el correcto.
update-disk = No se pudo escribir en el disco. Inténtelo otra vez; si vuelve a pasar, quizá la tarjeta esté gastada.
update-from-title = Versiones posteriores por sí solas
update-from-words = La caja puede mirar ella misma si hay una versión posterior, e instalarla por la noche. Solo acepta las de quienes la hicieron, la conserva solo si todo funciona, y no prueba ninguna dos veces.
update-from = Dónde están las versiones posteriores
update-from-hint = La dirección de una carpeta, que empieza por https://; viene de quienes hicieron su caja. Déjela vacía para no mirar en ningún sitio. Quien lleva ese servidor ve su dirección de internet.
update-from-missing = Diga dónde debe mirar la caja, o desactive la búsqueda nocturna.
update-from-wrong = Eso no es una carpeta en un servidor web. Empieza por https:// y el nombre de un servidor, como https://example.org/toxmail/.
update-nightly = Mirar cada noche, e instalar una versión posterior
update-look = Mirar ahora
update-looking = La caja mira ahora. Tarda unos segundos, y unos minutos si hay una versión posterior. Abra entonces esta página otra vez.
update-look-current = Última búsqueda: lo que funciona es lo último.
update-look-brought = Última búsqueda: la versión { $version } estaba ahí, y la caja la recibió.
update-look-before = Última búsqueda: la versión { $version } está ahí, y la caja ya la tuvo. Si usted no dice nada, espera a la siguiente.
update-look-failed = La última búsqueda no dio nada.
disk-title = Otro disco
disk-now = Dónde están las cartas
disk-on-card = En la tarjeta de la caja: { $used }, con todo lo demás que guarda el hogar.
disk-on-disk = En el disco conectado a la caja: { $used }, con todo lo demás que guarda el hogar. Tiene que seguir conectado.
disk-the-card = la tarjeta
disk-no-name = un disco sin nombre
disk-waits = La caja empieza.
disk-preparing = El disco se está preparando ({ $to }). Déjelo conectado.
disk-copying = { $done } de { $total } ya están allí ({ $to }). Deje el disco conectado; el correo sigue.
disk-finishing = Se copia la última parte ({ $to }). El correo y esta página se paran unos minutos, y vuelven por sí solos.
disk-moved = Las cartas están allí ahora ({ $to }). Donde estaban antes queda una copia antigua.
disk-failed = No se pudieron mover las cartas ({ $to }). Están donde estaban, y nada se ha perdido. Inténtelo otra vez, o use otro disco.
disk-interrupted = Se fue la luz mientras se movían las cartas ({ $to }). Están donde estaban, y nada se ha perdido. Empiece otra vez.
disk-gone = El disco ya no está conectado. No se ha cambiado nada.
disk-small = Allí hay muy poco sitio. No se ha cambiado nada.
disk-locked = Allí no se puede escribir nada. No se ha cambiado nada.
disk-busy = La caja estaba recibiendo otra versión. No se movió nada: inténtelo otra vez cuando termine.
disk-adopting = La caja busca el hogar en el disco ({ $to }).
disk-adopted = Esta caja ha seguido con el hogar del disco ({ $to }). No vuelva a arrancar nunca una caja con la tarjeta antigua.
disk-no-home = En ese disco no hay ningún hogar. No se ha cambiado nada.
disk-unusable = Esta caja no puede seguir con el hogar de ese disco ({ $to }). No se ha cambiado nada.
disk-left = Las cartas volvieron de ese disco a una tarjeta; lo que hay en él es antiguo. Siga con esa tarjeta, o con una copia de seguridad. No se ha cambiado nada.
disk-claimed = Mientras tanto alguien se ha instalado. No se ha cambiado nada.
disk-progress = Cuánto está allí
disk-card-title = Volver a la tarjeta
disk-card-words = La caja puede poner las cartas otra vez en su tarjeta ({ $size }). Entonces se puede quitar el disco. En él queda una copia de las cartas: bórrelo antes de dárselo a nadie. El camino a otro disco también pasa por la tarjeta.
disk-card-go = Usar otra vez la tarjeta
disk-other-title = Elegir un disco
disk-other-words = Un disco o SSD en la toma USB de la caja dura más que una tarjeta, y cabe más. Necesita al menos { $needs }. La caja lo copia todo y arranca de nuevo desde allí. En la tarjeta queda una copia antigua: bórrela antes de dársela a nadie.
disk-nothing = Ahora no se puede elegir otro disco. Si las cartas están en la tarjeta: conecte uno a la toma USB de la caja, espere unos segundos y mire otra vez.
disk-which = Qué disco
disk-choice = { $name }, { $size }. { $content }
disk-is-empty = Parece vacío.
disk-is-used = Hay algo en él.
disk-is-toxmail = En él hay o había cartas de una caja Toxmail.
disk-is-card = Es la tarjeta de la caja.
disk-too-small = Es demasiado pequeño.
disk-is-locked = Está protegido contra escritura.
disk-warning = Todo lo que hay ahora en ese disco se borra, y no se puede recuperar.
disk-word = borrar
disk-word-label = Escriba «{ $word }» si es lo que quiere
disk-word-wrong = Escriba la palabra «{ $word }», para que nada se borre por error.
disk-go = Borrar el disco y poner allí las cartas
disk-none-chosen = Elija un disco.
disk-asked = La caja empieza. Déjela encendida, y el disco conectado.
disk-under-way = Las cartas ya se están moviendo. Espere a que termine.
disk-not-there = Ese disco ya no está conectado, o no sirve. Elija otra vez.
disk-not-asked = No se pudo preguntar a la caja. Inténtelo otra vez.
absent-missing = El disco con sus cartas no está conectado
absent-missing-words = Esta caja guarda sus cartas en un disco aparte, y no lo encuentra, o no puede leerlo. No se pierde nada por eso: las cartas para usted esperan donde sus remitentes.
absent-missing-do = Conecte otra vez el disco. La caja lo nota por sí sola, y vuelve unos minutos después.
absent-missing-dead = Si el disco está roto: «The disk died» en las instrucciones dice cómo seguir con una copia de seguridad.
absent-damaged = La tarjeta de esta caja está dañada
absent-damaged-words = La caja no puede leer lo que guarda en su tarjeta, aunque ha intentado repararla. No borra nada. Las cartas para usted esperan donde sus remitentes.
absent-damaged-do = Apague y encienda la caja una vez. Si esta página vuelve, haga una tarjeta nueva, y arranque la caja con ella.
absent-damaged-disk = Si sus cartas están en un disco aparte, siguen allí: déjelo conectado, y elija «{ $choice }» en la página de la tarjeta nueva.
absent-damaged-card = Si sus cartas estaban en la tarjeta: «The card died» en las instrucciones dice cómo seguir con una copia de seguridad.
absent-left = Las cartas de este disco están en otra tarjeta
absent-left-words = Volvieron de este disco a una tarjeta, y ahora las tiene esa tarjeta. Lo que hay en el disco es antiguo. No se pierde nada por eso: las cartas para usted esperan donde sus remitentes.
absent-left-do = Apague la caja, ponga en ella esa tarjeta, y enciéndala otra vez.
absent-left-gone = Si esa tarjeta está rota o se ha perdido: «The card died» en las instrucciones dice cómo seguir con una copia de seguridad.
absent-moving = Sus cartas pasan a otro disco
absent-moving-words = El correo se para unos minutos. Deje la caja encendida y el disco conectado; todo vuelve por sí solo.

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

# ---- administration: backup
admin-backup-words = Toda la casa en un archivo que solo abre su frase secreta.
backup-title = Copia de seguridad
backup-back = Volver a la copia de seguridad
backup-make = Hacer una ahora
backup-last = La última se hizo: { $when }.
backup-left-out =
    { $count ->
        [one] Una carta no se pudo leer en la tarjeta o el disco y no está en ella.
       *[other] { $count } cartas no se pudieron leer en la tarjeta o el disco y no están en ella.
    }
backup-never = Aún no se ha hecho ninguna
backup-words = Si el aparato se estropea, otro se convierte en esta casa con este archivo: las mismas direcciones, personas, contraseñas y contactos. Guárdelo fuera del aparato. Aquí no queda nada de él.
backup-warning = Sin la frase secreta nadie puede abrirlo, usted tampoco. Escríbala en papel y guarde el papel aparte del archivo.
backup-passphrase = Frase secreta de esta copia
backup-passphrase-hint = Diez caracteres como mínimo; van bien cuatro palabras que no tengan nada que ver entre sí.
backup-weak = Es demasiado fácil de adivinar. Use al menos diez caracteres, o cuatro palabras que no tengan nada que ver entre sí.
backup-repeated = La frase secreta otra vez
backup-differs = Las dos no son iguales. Escríbalas de nuevo.
backup-own-hint = Para que nadie se lleve la casa si encuentra esta página abierta.
backup-with-mail = Con las cartas de los buzones. El archivo es tan grande como ellas; sin ellas es pequeño y tiene todo lo demás.
backup-download = Hacer la copia y guardarla
backup-restore = Cuando la necesite
backup-restore-off = Apague el aparato antiguo y déjelo apagado: dos aparatos que son la misma casa se quitan las cartas el uno al otro.
backup-restore-command = En la primera página del aparato nuevo, elija «Tengo una copia de seguridad» y dele el archivo y la frase secreta.
backup-restore-start = Cuando arranque de nuevo, será esta casa.
backup-restore-after = Las cartas que llegaron después de la copia están solo en el aparato antiguo. Las cartas a direcciones corrientes que quizá ya salieron esperan su visto bueno; la casa se lo pregunta por correo.
backup-paper = La identidad en papel
backup-paper-words = Una hoja que conserva la dirección Tox de la casa si se pierde cualquier otra copia. No contiene cartas, personas ni contactos. También la cierra una frase secreta.
backup-paper-open = Hacer la hoja …
backup-paper-make = Mostrar la hoja
backup-paper-qr = La identidad como código para escanear
backup-paper-title = La identidad de { $home }
backup-paper-made = Hecha el { $day }. Guarde esta hoja en un lugar seguro y la frase secreta en otro.
backup-paper-once = Imprímala ahora: solo se muestra esta vez.
backup-paper-check = Palabras de control
backup-paper-use = En una caja nueva elija «{ $backup }» en la página de instalación, y después «{ $paper }»; muestra las mismas palabras. También la orden, con el texto en un archivo:

# ---- administration: storage
admin-storage-words = Cuánto espacio hay, cuánto ocupa cada buzón y lo grandes que pueden ser las cartas.
storage-title = Almacenamiento y límites
storage-room = Espacio en el disco
storage-free = { $free } libres de { $total }
storage-full = Ya no hay espacio para cartas: esperan donde sus remitentes y no se pierde nada. Borre lo que nadie necesite.
storage-low = Pronto no habrá espacio para cartas. Borre lo que nadie necesite.
storage-reserve = Las cartas nunca ocupan los últimos { $bytes }.
storage-bar = Ocupado del disco
storage-letters = Cartas en buzones
storage-waiting = Cartas en camino
storage-mailboxes = Buzones
storage-mailboxes-quota = Cada uno puede tener hasta { $bytes }.
storage-mailboxes-free = Cada uno puede tener tanto como quepa en el disco.
storage-other-disk = Poner las cartas en otro disco
storage-takes = Ocupa

# ---- administration: settings
settings-locked = Lo dice el archivo toxmail.toml, que manda: solo se puede cambiar allí.
admin-save = Guardar
settings-changed = Guardado; vale desde ahora.
settings-usual = lo habitual
settings-usual-now = lo habitual ({ $value })
settings-no-limit = sin límite
storage-limits = Límites
storage-message = Carta más grande
storage-message-hint = Con todo lo adjunto. Otra casa quizá acepte menos.
storage-quota = Buzón más grande
storage-quota-hint = Las cartas a un buzón lleno esperan donde sus remitentes hasta que haya sitio.
storage-delay = Avisar al remitente de que una carta aún espera después de
storage-expire = Devolver una carta que no ha llegado después de
storage-expire-hint = La otra casa puede estar de vacaciones: un mes va bien.
admin-home-words = Cómo se llama la casa y en qué idioma le escribe.
home-settings-title = La casa
home-settings-name = Nombre de la casa
home-settings-name-hint = Lo que ven las otras casas.
home-settings-name-wrong = Escriba un nombre en una línea que no sea demasiado largo.
home-settings-language = Idioma de la casa
home-settings-language-hint = Para quienes no hayan elegido ninguno.
home-settings-changed = Guardado. Las otras casas conocen el nombre nuevo cuando encuentran a esta.
home-settings-hostname = Nombre en la red
home-settings-hostname-words = Figura en el certificado de esta casa. Otro se escribe en el archivo toxmail.toml (hostname) y vale cuando la casa se arranque de nuevo.
pairing-asked-title = A quién se pregunta
pairing-asked-words = Cuando unos desconocidos quieren escribir a esta casa, u otra casa dice que una dirección es de uno de los suyos, se pregunta a estas personas por correo. Sin elegir a nadie: a quien administra la casa.

# ---- administration: provider
admin-provider-words = El camino hacia quienes no tienen Toxmail, a través de su proveedor de correo.
account-title = Correo corriente
account-home = La cuenta de la casa
account-words = Las cartas a personas sin Toxmail pasan por este proveedor, de todos los que tienen una dirección corriente propia y ninguna cuenta propia.
account-none = No hay ninguna: las cartas van solo a otras casas
account-state = Estado
account-fine = Funciona
account-fails = No funciona
account-since = desde: { $when }
account-said = Las cartas esperan y salen solas en cuanto vuelva a funcionar. Esto ha dicho el proveedor:
account-test = Probarla ahora
account-works = El proveedor acepta el inicio de sesión.
account-remove = Quitar …
account-set = Configurarla
account-replace = Otra cuenta o una contraseña nueva
account-stored = El inicio de sesión funciona y la cuenta queda guardada. Quién puede escribir por ella y con qué direcciones se dice en la página de cada persona.
account-removal-title = ¿Quitar la cuenta de la casa?
account-removal-letters = Las cartas que la esperan siguen esperando hasta que haya otra cuenta o se devuelvan.
account-removal-fetches = 
    { $count ->
        [one] Un buzón se recoge con este inicio de sesión: dejará de funcionar.
       *[other] { $count } buzones se recogen con este inicio de sesión: dejarán de funcionar.
    }
account-removal-password = Aquí se olvida su contraseña. En el proveedor no cambia nada.
account-removal-yes = Quitar la cuenta
account-removed = Se ha quitado la cuenta.
account-removed-waiting = Se ha quitado la cuenta. Cartas que aún esperan una: { $count }.
account-members = Cuentas propias
account-members-words = Quien tiene una escribe por ella. Cada persona la configura por sí misma.
account-members-none = Nadie tiene ninguna.
fetching-title = Correo que se recoge
fetching-words = La casa puede recoger lo que llega a un proveedor, para que todas las cartas estén en un solo buzón. Cada persona lo configura para su propio buzón allí.
fetching-none = No se recoge nada para nadie.
fetching-from = Desde
fetching-every = cada { $time }
fetching-not-yet = aún no mirado desde el arranque
fetching-now = Mirar ahora
fetching-done = Cartas que han llegado: { $count }.
fetching-runs = Hay mucho que recoger; continúa por sí solo.
fetching-stop = Dejar de recoger …
fetching-removal-title = ¿Dejar de recoger para { $name }?
fetching-removal-words = Lo que ha llegado se queda aquí, y lo que está allí se queda allí. Para empezar de nuevo hace falta otra vez la contraseña.
fetching-removal-yes = Dejar de recoger
fetching-removed = Ya no se recoge nada para { $name }.

# ---- administration: problems
admin-problems-words = Una mirada a fondo a todo, y qué hacer si algo va mal.
problems-title = ¿Hay algo mal?
problems-words = La casa acaba de mirarlo todo y ha preguntado a las máquinas con las que trabaja.
problems-none = No hay nada mal
problems-again = Mirar otra vez

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
admin-security-nobody = un nombre que nadie tiene aquí
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
devices-android-words = Usted escanea un código con la aplicación Thunderbird o escribe en ella su dirección.
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
devices-make-file-words = Se crea una contraseña solo para este dispositivo. Está en el archivo: nadie tiene que escribirla.
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
devices-thunderbird-before = Thunderbird preguntará una vez si puede confiar en su casa. Puede ahorrárselo: descargue la autoridad de su casa. En Thunderbird abra Ajustes, Privacidad y seguridad, «Administrar certificados…», «Autoridades», «Importar…», elija el archivo y marque «Confiar en esta CA para identificar sitios web.»
devices-thunderbird-step-1 = En Thunderbird abra el menú ☰ y elija «Nueva cuenta» y luego «Correo electrónico». Un Thunderbird que aún no tiene cuenta lo pregunta solo.
devices-thunderbird-step-2 = Escriba su nombre y esta dirección: { $address }. Elija «Continuar» («Buscar ajustes» en los más nuevos). Encuentra los ajustes solo; elija otra vez «Continuar».
devices-thunderbird-step-3 = Escriba la contraseña que esta página ha creado para él, no la suya.
devices-thunderbird-step-4 = Si aún no conoce su casa, muestra esto. Elija «Ver…», compare la huella de más abajo y confirme:
devices-thunderbird-step-5 = Al enviar su primera carta lo pregunta una vez más. Después, nunca.
devices-exception-title = Añadir excepción de seguridad
devices-exception-words = No se confía en el certificado porque no ha sido verificado como emitido por una autoridad confiable usando una firma segura.
devices-exception-button = ☑ Guardar esta excepción de manera permanente · [Confirmar excepción de seguridad]
devices-android-step-1 = Instale Thunderbird desde su tienda de aplicaciones.
devices-android-step-2 = Descargue la autoridad de su casa en el teléfono e instálela allí en Ajustes, Seguridad, Más ajustes de seguridad, Instalar un certificado, Certificado de CA. El teléfono avisa de ello; solo puede responder por esta casa.
devices-android-step-3 = Abra Thunderbird en el teléfono. La primera vez elija «Empezar» y luego «Importar ajustes»; más tarde abra sus ajustes, «Importar ajustes», «Escanear el código QR». Acérquelo al código que aparece aquí en cuanto la contraseña está creada.
devices-android-step-4 = Muestra la cuenta que ha encontrado. Elija «Importar».
devices-android-step-5 = Si no encuentra el nombre de su casa, escriba en su lugar una de las direcciones de la tabla.
devices-android-here-1 = Abra Thunderbird en este teléfono. La primera vez elija «Empezar»; más tarde abra sus ajustes y allí «Añadir cuenta». Escriba esta dirección: { $address }
devices-android-here-2 = Elija «Siguiente». Encuentra los ajustes por sí solo. Si pide una contraseña, es la de este dispositivo, no la de usted.
devices-android-here-3 = Si dice «Configuración no encontrada», elija «Editar los ajustes» y escriba lo que dice la tabla.
devices-apple-before = El archivo contiene la contraseña. Va por la conexión segura solo a este dispositivo. Abra esta página en el dispositivo que quiere conectar.
devices-apple-profile = Correo y contactos de su casa. Con el certificado este dispositivo reconoce su casa; no puede responder por ningún otro sitio web.
devices-apple-step-1 = Permita la descarga. El dispositivo dice «Perfil descargado». Siga antes de 8 minutos, porque después borra el perfil.
devices-apple-step-2 = iPhone y iPad: abra Ajustes y luego «Perfil descargado». Mac: abra Ajustes del Sistema, General, Gestión de dispositivos. Aparece el nombre de su casa:
devices-apple-unverified = No verificado. (Lo dice de todo perfil que ninguna empresa ha firmado.)
devices-apple-step-3 = Elija «Instalar» (iPhone y iPad: arriba a la derecha) y escriba el código del dispositivo.
devices-apple-step-4 = Solo iPhone y iPad: Ajustes, General, Información, Ajustes de confianza de los certificados, y active su casa.
devices-apple-step-5 = Abra Mail. Sus cartas están ahí.
devices-delta-before = Delta Chat no conoce el certificado de su casa ni puede aprenderlo. No comprobará con quién habla: alguien en su red podría hacerse pasar por su casa y quedarse con la contraseña de este dispositivo. En casa rara vez es un peligro; en la red de un café no lo use.
devices-delta-agree = Lo he entendido y aun así quiero usar Delta Chat.
devices-delta-agree-first = Marque antes esta casilla o elija otro programa.
devices-delta-step-1 = En Delta Chat elija «Crear nuevo perfil» o «Añadir perfil» y luego «Escanear código QR».
devices-delta-step-2 = Acérquelo al código que aparece aquí en cuanto la contraseña está creada, y elija «OK».
devices-delta-here-1 = Instale Delta Chat en este teléfono si todavía no está.
devices-delta-here-2 = Toque «Abrir Delta Chat», que aparece aquí en cuanto la contraseña está creada. Pregunta si puede entrar; elija «OK».
devices-delta-open = Abrir Delta Chat
devices-other-before = Si el programa puede usar los certificados del ordenador, instale allí antes la autoridad de su casa: así no preguntará nunca.
devices-other-step-1 = En el programa elija configurar la cuenta a mano, o «Configuración avanzada», y allí IMAP o POP como en la tabla.
devices-other-step-2 = Escriba los ajustes de la tabla, con el nombre de usuario y la contraseña de esta página, para recibir y para enviar.
devices-other-step-3 = Si pregunta si puede confiar en el certificado, compare la huella.
devices-made-title = «{ $label }» está listo para conectarse
devices-once = Solo esta vez
devices-once-words = La contraseña está aquí ahora y nunca más. Escríbala o escanéela ya. Si la necesita después, cree otra.
devices-code = Ajustes y contraseña de un dispositivo, para escanear
devices-code-words = Quien escanee este código puede leer sus cartas. Muéstreselo solo a su propio dispositivo.
devices-here = Esta página está abierta en el propio teléfono, y este no puede escanear su pantalla. Por eso aquí los ajustes se escriben; la contraseña se puede copiar.
devices-code-elsewhere = Para otro teléfono: el código que se escanea
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
nav-letters = Cartas
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
letters-sent-bytes = Enviado: { $sent }
letters-sent-of-bytes = { $sent } de { $total }
letters-sent-of-parts = Partes: { $sent } de { $total }
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
letters-held-words = Una parte iría por correo electrónico corriente, o estaba en camino cuando la casa se restauró de una copia. ¿Debe salir?
letters-held-send = Enviarla
letters-held-stop = No enviarla
letters-released = Ya sale.
letters-not-held = Ya no espera respuesta.
letters-next-page = Cartas más recientes

# ---- my contacts
nav-contacts = Contactos
contacts-title = Contactos
contacts-add = Añadir a alguien
contacts-none = Aquí aún no conoce a nadie. Añada a alguien, o pida a quien administra la casa que la conecte con otra.
contacts-list =
    { $count ->
        [one] Un contacto
       *[other] { $count } contactos
    }
contacts-search = Buscar por nombre o dirección
contacts-search-button = Buscar
contacts-not-found = No se encuentra a nadie con eso.
contacts-all = Mostrar a todos
contacts-found =
    { $count ->
        [one] Se ha encontrado uno.
       *[other] Se han encontrado { $count }.
    }
contacts-name = Nombre
contacts-kind = Tipo
contacts-state = Cómo está
contacts-mine = solo suyo
contacts-has-claims = Una dirección espera que usted la vea.
contacts-before = Los anteriores
contacts-next = Los siguientes
contacts-files = Como archivo
contacts-files-words = Los teléfonos y programas de correo conectados ya tienen estos contactos. El archivo es para todos los demás.
contacts-export = Descargar todos (vCard)
contacts-import = Traer de un archivo
contacts-connected = Está ahora
contacts-online = Está, responde enseguida
contacts-awaits-direct = Está, pero no directamente: las cartas esperan
contacts-asked = Preguntado, aún sin respuesta
contacts-waiting = Aceptado, aún no visto
contacts-blocked = Bloqueado
contacts-ordinary = Por correo electrónico corriente
contacts-offline = No está
contacts-last-seen = Visto por última vez: { $when }
contacts-kind-home = Casa con Toxmail
contacts-kind-chat = Programa de chat
contacts-kind-unknown = Aún no se sabe
contacts-kind-ordinary = Correo electrónico corriente
contacts-add-words = Pegue lo que le han dado: una dirección de correo electrónico, una dirección Tox o una invitación.
contacts-address = Dirección o invitación
contacts-address-hint = Por ejemplo abuela@example.org, una larga dirección Tox o un enlace que empieza por tox:
contacts-address-empty = Pegue aquí una dirección o una invitación.
contacts-invitation-not-yours = Es una invitación: conecta toda la casa con otra. Désela a quien administra la suya.
contacts-add-name = Nombre
contacts-add-name-hint = Cómo llama usted a esa persona. Una invitación no lo necesita.
contacts-name-empty = Ponga un nombre.
contacts-add-chat = Esa persona usa un programa de chat Tox, no Toxmail.
contacts-add-everybodys = Para todos en casa, no solo para mí.
contacts-add-button = Añadir
contacts-added = Añadido.
contacts-back = A mis contactos
contacts-facts = Lo que se sabe
contacts-short = Escribir a
contacts-home-name = Su casa se llama a sí misma
contacts-full = Completa
contacts-emails = Direcciones de correo electrónico
contacts-emails-hint = Una por línea; la primera es la que se muestra.
contacts-whose = De quién es el contacto
contacts-everybodys = De todos en casa
contacts-only-mine = Solo suyo
contacts-claims = Direcciones que su casa dice tener
contacts-claims-words = Su casa dice que son suyas. Nadie aquí lo ha confirmado, así que aún no cuentan. Confirme solo lo que sepa con certeza.
contacts-claims-confirm = Es la suya
contacts-confirmed = La dirección está confirmada.
contacts-words = ¿Es de verdad esa persona?
contacts-words-compared = Ha comparado las palabras
contacts-words-not-compared = Aún sin comparar
contacts-words-words = Llame y léanse estas palabras. Si los dos ven las mismas, nadie se ha puesto en medio.
contacts-words-same = Tenemos las mismas palabras
contacts-words-undo = Retirarlo
contacts-verified = Anotado: ha comparado las palabras.
contacts-unverified = Anotado: las palabras no están comparadas.
contacts-edit = Cambiar
contacts-edit-everybodys = Este contacto es de todos: lo que cambie, cambia para todos en casa.
contacts-save = Guardar
contacts-changed = Guardado.
contacts-fallback = Cuando su casa falta mucho tiempo
contacts-fallback-words = Las cartas esperan a que su casa esté. Pasado el tiempo que usted elija, pueden ir por correo electrónico corriente, que otros pueden leer por el camino.
contacts-fallback-label = Por correo electrónico corriente
contacts-fallback-never = Nunca
contacts-fallback-after = Después de { $time }
contacts-direct = Solo directamente
contacts-direct-words = Cuando no se encuentra un camino directo, las cartas dan un rodeo por repetidores; estos no pueden leerlas, pero ven que hay correo. Solo directamente quiere decir: mejor esperar que dar un rodeo.
contacts-direct-on = Solo directamente
contacts-direct-off = También por repetidores
contacts-direct-on-button = Solo directamente
contacts-direct-off-button = Permitir otra vez repetidores
contacts-end = Terminar
contacts-not-yours = Lo demás lo decide quien administra esta casa.
contacts-block = Bloquear
contacts-block-title = ¿Bloquear a { $name }?
contacts-block-words = Ya no se acepta nada de su casa ni se le envía nada: para todos aquí. Las cartas que van hacia ella vuelven. No se le avisa.
contacts-block-yes = Bloquear
contacts-blocked-now = Bloqueado.
contacts-remove = Quitar
contacts-remove-title = ¿Quitar a { $name }?
contacts-remove-words = El contacto desaparece de las libretas de aquí. Si nadie más aquí conoce su casa, las cartas que van hacia ella vuelven, y habría que conectarla de nuevo.
contacts-remove-yes = Quitar
contacts-removed = Quitado.
contacts-end-no = No, dejarlo
contacts-imported = Nuevos: { $new }. Completados: { $completed }. No aceptados: { $refused }.
contacts-import-words = Los teléfonos y programas de correo escriben los contactos como vCard (archivos que acaban en .vcf). Quien ya se conoce se completa, no se apunta dos veces. Serán solo suyos.
contacts-import-hint = Un archivo que acaba en .vcf, de 8 MB como máximo.
contacts-import-this = El archivo
contacts-import-file = Elegir el archivo
contacts-import-button = Traer
contacts-import-line = Línea { $line }:

# ---- who asks
requests-title = Quién quiere escribir
requests-none = Ahora mismo no pregunta nadie.
requests-not-asked = Esto lo ven solo quienes deciden aquí sobre desconocidos. Pregunte a quien administra la casa.
requests-somebody = Alguien ({ $key }…)
requests-they-say = Dice de sí:
requests-say-nothing = (nada)
requests-received = Preguntó { $when }
requests-words = Cualquiera puede decir cualquier cosa. Acepte solo a quien espera; después puede comparar las palabras de seguridad.
requests-accept = Aceptar
requests-refuse = Rechazar
requests-accepted = Aceptado: ya pueden escribirse.
requests-refused = Rechazado. Puede volver a preguntar.
requests-blocked = Bloqueado. No volverá a saber de ello.
requests-block-title = ¿Bloquear a quien pregunta?
requests-block-words = No volverá a saber de ello, y no se le avisa.
requests-more =
    { $count ->
        [one] Detrás espera otra petición.
       *[other] Detrás esperan otras { $count } peticiones.
    }
requests-move = { $name } dice: «Tengo un aparato nuevo»
requests-announced = Anunciado { $when }
requests-move-words = Puede ser verdad, o alguien se ha quedado con el aparato viejo. Llame. ¿En el aparato nuevo ven las mismas palabras? Entonces es verdad.
requests-move-confirm = Las palabras son iguales: es verdad
requests-move-refuse = No es verdad
requests-moved = Confirmado: las cartas van desde ahora al aparato nuevo.
requests-not-moved = Rechazado: todo se queda con el aparato viejo.

# ---- my settings
nav-settings = Ajustes
settings-title = Mis ajustes
settings-save = Guardar
settings-saved = Guardado.
settings-name = Mi nombre
settings-name-words = Figura junto a su dirección en las cartas que escribe, en las libretas de direcciones de esta casa y en su tarjeta.
settings-mixed = Una carta a varias personas
settings-mixed-words = A unas se llega directamente y en privado, a otras solo por correo electrónico corriente, que otros pueden leer por el camino. ¿Qué hacer con una carta que va a ambas?
settings-mixed-tell = Enviarla y decirme después por dónde fue cada copia.
settings-mixed-ask = Preguntarme antes.
settings-mixed-refuse = No enviarla.
settings-reencode = Cartas para proveedores antiguos
settings-reencode-words = Algunos proveedores solo aceptan cartas sencillas, sin é ni ü. La casa puede escribir una carta de nuevo para ellos. Una firma digital dejaría de valer, así que solo se hace con su permiso.
settings-reencode-on = Escribir mis cartas de nuevo donde un proveedor lo necesite.
settings-provider = Mi propio proveedor de correo
settings-provider-words = El correo electrónico corriente suele ir por el proveedor de la casa. Si tiene una cuenta propia, el suyo va por ella.
settings-provider-problem = No funciona desde { $when }. El proveedor dice:
settings-provider-problem-now = No funciona. El proveedor dice:
settings-provider-test = Probar la conexión
settings-provider-works = La conexión funciona.
settings-provider-remove = Quitar
settings-provider-remove-title = ¿Quitar su propio proveedor?
settings-provider-remove-words = Su correo electrónico corriente irá entonces por el proveedor de la casa, si lo hay. Lo que espera al suyo se queda hasta que se configure de nuevo o usted lo retire.
settings-provider-removed = Quitado.
settings-provider-again = Introducirlo de nuevo
settings-provider-set = La conexión funciona; su correo electrónico corriente va por ahí desde ahora.
settings-provider-save = Probar la conexión y guardar
settings-no-address = Aquí aún no consta ninguna dirección de correo corriente suya. La introduce quien administra la casa; después podrá configurar su cuenta.
settings-address = Su dirección allí
settings-address-not-yours = Elija una de sus direcciones. Una nueva la introduce quien administra la casa.
settings-host = Servidor de envío
settings-host-hint = Lo indica su proveedor, por ejemplo smtp.example.org.
settings-host-empty = Introduzca el servidor.
settings-host-not-public = Ese servidor está en la red de casa o no tiene dirección en internet. Use el que indica su proveedor; uno de la red de casa lo configura quien la administra.
settings-port-wrong = Un puerto es un número de 1 a 65535; normalmente 465.
settings-username = Nombre de usuario allí
settings-username-hint = Normalmente su dirección; en ese caso déjelo vacío.
settings-password = Contraseña allí
settings-password-hint = Muchos proveedores quieren una contraseña propia para programas de correo («contraseña de aplicación»).
settings-password-empty = Introduzca la contraseña.
settings-fetch = Cartas que llegan a mi proveedor
settings-fetch-words = Las respuestas al correo electrónico corriente llegan a su proveedor. La casa puede recogerlas allí, para que lo encuentre todo en un solo lugar.
settings-fetch-host = Servidor de recepción
settings-fetch-host-hint = Lo indica su proveedor, por ejemplo imap.example.org.
settings-fetch-username-usual = Normalmente su dirección.
settings-fetch-username-empty = Introduzca el nombre de usuario.
settings-fetch-every = Se mira cada
settings-fetch-after = Qué pasa allí con ellas
settings-fetch-deletes = Se borran allí en cuanto están aquí.
settings-fetch-keeps = Se quedan también allí.
settings-fetch-worked = Funcionó por última vez
settings-fetch-everything = Recoger también lo que ya está allí, no solo lo que llegue desde ahora.
settings-fetch-delete = Borrar las cartas en el proveedor en cuanto estén aquí a salvo.
settings-fetch-set = La conexión funciona; desde ahora se recogen las cartas.
settings-fetch-now = Recoger ahora
settings-fetch-runs = Hay mucho que recoger; sigue por sí solo.
settings-fetch-remove = No recoger más
settings-fetch-remove-title = ¿No recoger más cartas?
settings-fetch-remove-words = Lo que está aquí se queda. Las cartas nuevas se quedan en su proveedor.
settings-fetch-removed = Ya no se recoge nada.

# ---- copias de seguridad en una memoria USB
stick-title = Copia de seguridad en una memoria USB
stick-words = La caja puede escribir su copia de seguridad en una memoria USB conectada a ella: ahora, y por sí sola cada noche en una memoria que se queda puesta.
stick-open = A la memoria USB …
stick-now = La memoria en uso
stick-progress = Cómo va la copia
stick-go = Hacer una copia ahora
stick-nightly = Cada noche, por sí sola. La memoria se queda conectada.
stick-forget = No hacer más copias en esta memoria
stick-another = Otra memoria, u otra frase secreta
stick-choose = Elegir una memoria
stick-choose-words = Lo que hay en la memoria se queda allí: las copias están en la carpeta Toxmail, y se guardan las siete más recientes. La memoria se puede sacar siempre que no se esté haciendo una copia. Para más de 4 GB tiene que estar formateada como exFAT.
stick-nothing = No hay ninguna memoria USB conectada. Conecte una a la caja, espere unos segundos y mire otra vez.
stick-which = Qué memoria
stick-choice = { $name }, { $size }.
stick-use = Usar esta memoria, y hacer la primera copia
stick-no-name = una memoria sin nombre
stick-unknown = La caja no puede leer su formato. Formatéela en un ordenador, como exFAT o FAT32.
stick-failed = La última copia no se pudo hacer ({ $when }). Quizá otras más antiguas le hicieron sitio; la última buena sigue ahí.
stick-last =
    { $kept ->
        [one] La última copia se hizo { $when } y ocupa { $size }. Quedan { $free } libres en la memoria.
       *[other] La última copia se hizo { $when } y ocupa { $size }. Hay { $kept } copias en la memoria, y quedan { $free } libres.
    }
stick-writing = Se está haciendo una copia: { $done } están en la memoria. Déjela conectada.
stick-checking = Se está releyendo la copia: { $done } de { $total } están bien. Deje la memoria conectada.
stick-none-chosen = Elija una memoria que esté conectada.
stick-begun = La copia empieza. Deje la memoria conectada.
stick-forgotten = Ya no se hacen copias en esa memoria. Las que hay se quedan.
stick-why-away = La memoria no está conectada. Conecte otra vez la misma y haga una copia en la página de la memoria, o elija allí otra.
stick-why-twins = Hay dos memorias con el mismo contenido, y la caja no sabe cuál es. Saque una de ellas, y haga una copia en la página de la memoria.
stick-why-full = No hay sitio en la memoria. Borre en un ordenador lo demás que haya en ella, o elija una más grande en la página de la memoria.
stick-why-too-long = La copia ocupa más de 4 GB, y la memoria está formateada de modo que ningún archivo puede ser mayor (FAT32). Formatéela como exFAT en un ordenador, lo que la borra, y elíjala de nuevo en la página de la memoria; o haga copias sin las cartas.
stick-why-locked = No se puede escribir en la memoria. Puede que tenga un pequeño interruptor que la bloquea; si no, está dañada. Desbloquéela, o elija otra en la página de la memoria.
stick-why-broken = No se pudo escribir o leer la memoria: se sacó demasiado pronto, o está dañada. Inténtelo otra vez en la página de la memoria. Si tampoco funciona, elija otra memoria.
stick-incomplete = La copia de { $when } está en la memoria, pero le falta algo.
stick-why-incomplete = No se pudieron leer cartas o carpetas en la tarjeta o el disco, así que no están en ella. La última copia en la que no falta nada se queda en la memoria. Puede que la tarjeta o el disco se esté estropeando: tome pronto otro, y recupere el hogar desde esa copia.
stick-why-home = El hogar no pudo hacer la copia. Inténtelo otra vez en la página de la memoria. Si sigue así, muestre esto a quien cuida del hogar.
stick-why-missed = Las copias nocturnas se hacen entre las dos y las cinco: deje la caja encendida por la noche. Haga una ahora en la página de la memoria.
finding-backup-failed = La copia nocturna en la memoria USB no se pudo hacer ({ $when }).
finding-backup-missed = Desde hace dos noches no hay copia nocturna en la memoria USB.
restore-stick = Desde una memoria USB
restore-stick-words = Hay una memoria conectada a la caja. Se toma la copia más reciente que hay en ella.
restore-stick-file = Otra copia de la memoria
restore-stick-newest = La más reciente
restore-stick-choice = { $name } ({ $size })
restore-stick-go = Recuperar desde la memoria
restore-stick-empty = No hay ninguna copia en esa memoria: están en su carpeta Toxmail.
stick-unreadable = No se puede leer la memoria. Pruebe con otra, o traiga el archivo con su navegador.
stick-silent = La caja no logra acceder a la memoria. Espere un minuto y vuelva a intentarlo. Si sigue así, saque la memoria y vuelva a conectarla.
