-- home: what belongs to the box itself. Settings made in the page or by a command; the boots of the machine (src/clock.rs).
CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE boots (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    boot      TEXT NOT NULL UNIQUE,   -- /proc/sys/kernel/random/boot_id
    alive_ms  INTEGER NOT NULL,       -- latest CLOCK_BOOTTIME known in it
    offset_ms INTEGER                 -- wall minus CLOCK_BOOTTIME when the wall clock was last trusted in it; NULL: never
) STRICT;
