//! Makes the weight files in `weights/` part of the program, those that are there.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=weights");
    println!("cargo:rerun-if-changed=build.rs");
    let variable = |name: &str| env::var(name).map_err(io::Error::other);
    let weights = Path::new(&variable("CARGO_MANIFEST_DIR")?).join("weights");
    let mut names = Vec::new();
    for entry in fs::read_dir(&weights)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".safetensors") {
            names.push(name);
        }
    }
    names.sort();
    let line = |name: &String| {
        format!(
            "    Shipped {{ name: {name:?}, bytes: include_bytes!({:?}) }},\n",
            weights.join(name).to_string_lossy()
        )
    };
    let lines: String = names.iter().map(line).collect();
    let code = format!("static SHIPPED: &[Shipped] = &[\n{lines}];\n");
    fs::write(Path::new(&variable("OUT_DIR")?).join("shipped.rs"), code)
}
