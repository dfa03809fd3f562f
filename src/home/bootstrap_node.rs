//! `toxmaild bootstrap-node`: not a home, but a door to the Tox network for those who have none.

use super::house::of_tox;
use super::{Signal, Signals};
use crate::control::command::NodeOptions;
use crate::durable;
use crate::journal;
use crate::tox::{self, Node};

/// `toxmaild bootstrap-node`: a node of the Tox network with a TCP relay, until SIGTERM or SIGINT.
///
/// # Errors
/// The port is taken, or the folder cannot be written.
pub fn bootstrap_node(options: NodeOptions) -> anyhow::Result<()> {
    tox::forgo_locked_memory();
    journal::open(journal::Format::Text);
    durable::make_folder(&options.data)?;
    let settings = tox::Settings {
        udp_port: options.port,
        tcp_server_port: Some(options.port),
        local_discovery: false,
        bootstrap: Vec::new(),
        ..tox::Settings::new(options.data.join("tox.save"))
    };
    let node = Node::start(settings, Vec::new(), || Box::new(())).map_err(of_tox)?;
    println!(
        "key {}  udp {}  tcp {}",
        node.dht_key(),
        node.udp_port().unwrap_or_default(),
        node.tcp_port().unwrap_or_default()
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut signals = Signals::new()?;
        while !matches!(signals.next().await, Signal::Stop(_)) {}
        anyhow::Ok(())
    })?;
    node.stop();
    Ok(())
}
