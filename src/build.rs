//! Finds libtoxcore (0.2.18 or later) with pkg-config, and tells `src/tox` which form of the event functions it has.

use std::process::exit;

/// `tox_events_iterate` is in every version from here on.
const OLDEST: &str = "0.2.18";

fn main() {
    println!("cargo:rerun-if-changed=src/build.rs");
    // From 0.2.19 the events of an iteration are one list in order; before, one list a kind.
    println!("cargo:rustc-check-cfg=cfg(toxcore_event_list)");
    // From 0.2.23 tox_events_iterate takes an options pointer where it took `bool fail_hard`.
    println!("cargo:rustc-check-cfg=cfg(toxcore_iterate_options)");

    let found = pkg_config::Config::new()
        .atleast_version(OLDEST)
        .probe("toxcore");
    let library = match found {
        Ok(library) => library,
        Err(error) => {
            eprintln!("{error}\n");
            eprintln!(
                "Toxmail needs libtoxcore {OLDEST} or later with its headers, and pkg-config to find it."
            );
            eprintln!("On Debian:    apt-get install libtoxcore-dev pkg-config");
            eprintln!(
                "Elsewhere: build https://github.com/TokTok/c-toxcore and set PKG_CONFIG_PATH to the folder"
            );
            eprintln!(
                "of its toxcore.pc. For another target set PKG_CONFIG_ALLOW_CROSS=1 and PKG_CONFIG_LIBDIR_<target>."
            );
            exit(1);
        }
    };
    let version: Vec<u32> = library
        .version
        .split(['.', '-'])
        .map_while(|part| part.parse().ok())
        .collect();
    if version >= vec![0, 2, 19] {
        println!("cargo:rustc-cfg=toxcore_event_list");
    }
    if version >= vec![0, 2, 23] {
        println!("cargo:rustc-cfg=toxcore_iterate_options");
    }
    // For the test that holds our declarations against the installed headers.
    let headers =
        pkg_config::get_variable("toxcore", "includedir").unwrap_or_else(|_| "/usr/include".into());
    println!("cargo:rustc-env=TOXMAIL_TOX_HEADERS={headers}/tox");
}
