//! `make demo` does what it shows.

#[test]
fn the_demonstration_ends_with_equal_bytes() {
    let root = env!("CARGO_MANIFEST_DIR");
    let output = std::process::Command::new(format!("{root}/tests/demo.sh"))
        .env("TOXMAILD", env!("CARGO_BIN_EXE_toxmaild"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.contains("equal, byte for byte"), "{text}");
}
