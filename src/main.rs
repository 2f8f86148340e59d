//! The `settei` program; everything it does is in the library.

fn main() -> std::process::ExitCode {
    settei::cli::run()
}
