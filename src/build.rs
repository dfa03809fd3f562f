//! Finds libtoxcore by pkg-config and links it.

fn main() {
    println!("cargo:rerun-if-changed=src/build.rs");
    if let Err(e) = pkg_config::Config::new()
        .atleast_version("0.2.18")
        .probe("toxcore")
    {
        eprintln!(
            "{e}\n\nToxmail needs libtoxcore 0.2.18 or later: apt-get install libtoxcore-dev pkg-config"
        );
        std::process::exit(1);
    }
}
