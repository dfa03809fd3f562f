//! argv; the rest is wired in [`toxmail::home`].

use std::process::ExitCode;

use toxmail::control::command::{self, Hooks};
use toxmail::home;

fn main() -> ExitCode {
    command::main(
        std::env::args_os(),
        Hooks {
            offline: home::stopped::stopped,
            run: home::run,
            bootstrap_node: home::bootstrap_node,
            carry: home::absent::carry,
            absent: home::absent::absent,
            backup: home::backup::job,
        },
    )
}
