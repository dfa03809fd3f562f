//! The mail server that is measured beside the home: SMTP inside TLS (the `smtps` wrapper, a throw-away certificate), letters
//! for one virtual Maildir. No AUTH: it takes letters for its own domain from anybody on loopback.

#[path = "../support/postfix.rs"]
mod instance;

use std::fs;
use std::net::SocketAddr;

use crate::process;
use instance::Instance;

const PORT: u16 = 33465;
/// Whom it takes letters for.
pub const RECIPIENT: &str = "bob@bench.example";

/// A running Postfix. Dropped, it is stopped and its folder removed.
pub struct Postfix {
    server: Instance,
}

impl Postfix {
    pub fn start() -> Self {
        let server = Instance::new("postfix", PORT);
        let key = rcgen::generate_simple_self_signed(vec!["bench.example".to_owned()]).unwrap();
        let pem = key.signing_key.serialize_pem() + &key.cert.pem();
        server.tls(pem.as_bytes());
        // in_flow_delay: by default it holds back who sends faster than it delivers, one second a letter at worst. Off, it
        // is as fast as it can be.
        let settings = format!(
            "myhostname = mail.bench.example\n\
             mynetworks = 127.0.0.0/8\n\
             virtual_mailbox_domains = bench.example\n\
             virtual_mailbox_base = {mail}\n\
             virtual_mailbox_maps = static:bob/\n\
             virtual_uid_maps = static:65534\n\
             virtual_gid_maps = static:65534\n\
             smtpd_tls_chain_files = {chain}\n\
             in_flow_delay = 0\n",
            mail = server.text("mail"),
            chain = server.text("etc/tls.pem"),
        );
        let door = format!("127.0.0.1:{PORT} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n");
        server.configure(&settings, &door, 300);
        server.start();
        Self { server }
    }

    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Letters in the mailbox.
    pub fn filed(&self) -> usize {
        fs::read_dir(self.server.path("mail/bob/new")).map_or(0, Iterator::count)
    }

    /// Seconds of processor time of all its processes.
    pub fn cpu(&self) -> f64 {
        let pid = fs::read_to_string(self.server.path("queue/pid/master.pid")).unwrap();
        process::family_cpu(pid.trim().parse().unwrap())
    }
}
