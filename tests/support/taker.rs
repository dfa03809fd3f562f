#![allow(dead_code)] // each test binary uses a part of it
//! A mail provider for a test: submission with TLS from the first byte and a login, and what it was given.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A letter as the provider got it.
#[derive(Clone, Debug)]
pub struct Taken {
    /// `MAIL FROM`.
    pub sender: String,
    /// Every `RCPT TO`.
    pub recipients: Vec<String>,
    /// The message, dots unstuffed.
    pub letter: String,
}

/// A provider on a port of its own.
pub struct Provider {
    port: u16,
    dir: tempfile::TempDir,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl Provider {
    /// Starts one whose account is `family` with the password `secret`.
    pub fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        std::fs::write(dir.path().join("ca.pem"), made.cert.pem()).unwrap();
        std::fs::write(dir.path().join("password"), "secret\n").unwrap();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let crypto = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(crypto)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken: Arc<Mutex<Vec<Taken>>> = Arc::default();
        let kept = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, kept) = (Arc::clone(&config), Arc::clone(&kept));
                std::thread::spawn(move || {
                    let session = ServerConnection::new(config).unwrap();
                    // Whoever goes away in the middle has sent nothing.
                    let _ = serve(StreamOwned::new(session, stream), &kept);
                });
            }
        });
        Self { port, dir, taken }
    }

    /// `[relay]` of a home that uses it.
    pub fn settings(&self) -> String {
        let path = |name: &str| -> PathBuf { self.dir.path().join(name) };
        format!(
            "[relay]\nhost = \"127.0.0.1\"\nport = {}\nusername = \"family\"\npassword_file = {:?}\nca_file = {:?}\n",
            self.port,
            path("password"),
            path("ca.pem")
        )
    }

    /// Adds it to a home's settings, before the home starts.
    pub fn configure(&self, home: &Path) {
        let file = home.join("toxmail.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, format!("{text}\n{}", self.settings())).unwrap();
    }

    /// What it was given so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

fn serve(
    stream: StreamOwned<ServerConnection, std::net::TcpStream>,
    taken: &Mutex<Vec<Taken>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let say = |stream: &mut BufReader<_>, text: &str| -> std::io::Result<()> {
        let stream: &mut StreamOwned<_, _> = stream.get_mut();
        stream.write_all(text.as_bytes())?;
        stream.flush()
    };
    let right = format!(
        "AUTH PLAIN {}",
        data_encoding::BASE64.encode(b"\0family\0secret")
    );
    let mut logged_in = false;
    let mut letter = None;
    say(&mut stream, "220 provider.example\r\n")?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        let address = || {
            let inside = line.split(['<', '>']).nth(1);
            inside.unwrap_or_default().to_owned()
        };
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer = match verb.as_str() {
            "EHLO" => "250-provider.example\r\n250-AUTH PLAIN\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            "AUTH" if line == right => {
                logged_in = true;
                "235 2.7.0 welcome\r\n"
            }
            "AUTH" => "535 5.7.8 no\r\n",
            _ if !logged_in && verb != "QUIT" => "530 5.7.0 log in\r\n",
            "MAIL" => {
                letter = Some(Taken {
                    sender: address(),
                    recipients: Vec::new(),
                    letter: String::new(),
                });
                "250 2.1.0 go on\r\n"
            }
            "RCPT" => {
                if let Some(letter) = &mut letter {
                    letter.recipients.push(address());
                }
                "250 2.1.5 go on\r\n"
            }
            "DATA" => {
                say(&mut stream, "354 go on\r\n")?;
                let mut whole = String::new();
                loop {
                    let mut line = String::new();
                    if stream.read_line(&mut line)? == 0 {
                        return Ok(());
                    }
                    if line == ".\r\n" {
                        break;
                    }
                    whole.push_str(line.strip_prefix('.').unwrap_or(&line));
                }
                if let Some(mut letter) = letter.take() {
                    letter.letter = whole;
                    taken.lock().unwrap().push(letter);
                }
                "250 2.0.0 taken\r\n"
            }
            "QUIT" => {
                say(&mut stream, "221 2.0.0 goodbye\r\n")?;
                return Ok(());
            }
            _ => "250 2.0.0 go on\r\n",
        };
        say(&mut stream, answer)?;
    }
}
