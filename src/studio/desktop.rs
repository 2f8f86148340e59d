//! Which window system a window can be opened on, found out before one is tried: a variable may name one that is gone,
//! and what the libraries say then is for developers.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// What a window is opened on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Desktop {
    /// What the libraries choose by themselves.
    Usual,
    /// X11, though a variable names Wayland.
    X11,
}

/// The desktop of this process, or why there is none: the end of a sentence.
pub(super) fn find() -> Result<Desktop, String> {
    if cfg!(target_os = "linux") {
        chosen_by(&|name| std::env::var_os(name).filter(|value| !value.is_empty()), &answers)
    } else {
        Ok(Desktop::Usual)
    }
}

fn chosen_by(variable: &dyn Fn(&str) -> Option<OsString>, answers: &dyn Fn(&Path) -> bool) -> Result<Desktop, String> {
    let wayland = variable("WAYLAND_DISPLAY");
    // As libwayland has it: a whole path, or a name in the folder for such things.
    let socket = wayland.map(|name| PathBuf::from(variable("XDG_RUNTIME_DIR").unwrap_or_default()).join(name));
    match socket {
        _ if variable("WAYLAND_SOCKET").is_some() => Ok(Desktop::Usual),
        Some(socket) if answers(&socket) => Ok(Desktop::Usual),
        Some(_) if variable("DISPLAY").is_some() => Ok(Desktop::X11),
        Some(socket) => {
            Err(format!("WAYLAND_DISPLAY names {}, where no desktop answers, and DISPLAY names none", socket.display()))
        }
        None if variable("DISPLAY").is_some() => Ok(Desktop::Usual),
        None => Err("neither WAYLAND_DISPLAY nor DISPLAY names a desktop".into()),
    }
}

#[cfg(unix)]
fn answers(socket: &Path) -> bool {
    std::os::unix::net::UnixStream::connect(socket).is_ok()
}

#[cfg(not(unix))]
fn answers(_: &Path) -> bool {
    true
}

/// What a library said, without the place in its source.
pub(super) fn plain(said: &str) -> &str {
    let cause = said.split_once("os error at ").and_then(|(_, rest)| rest.split_once(": ")).map(|(_, cause)| cause);
    cause.unwrap_or(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wayland_that_is_gone_gives_way_to_x11() {
        let chosen = |variables: &[(&str, &str)], alive: &str| {
            let variable =
                |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
            chosen_by(&variable, &|socket| socket == Path::new(alive))
        };
        let wayland = [("WAYLAND_DISPLAY", "wayland-0"), ("XDG_RUNTIME_DIR", "/run/user/1000")];
        let both = [wayland[0], wayland[1], ("DISPLAY", ":0")];
        assert_eq!(chosen(&both, "/run/user/1000/wayland-0"), Ok(Desktop::Usual));
        assert_eq!(chosen(&both, ""), Ok(Desktop::X11));
        assert_eq!(chosen(&[("WAYLAND_DISPLAY", "/tmp/w"), ("DISPLAY", ":0")], "/tmp/w"), Ok(Desktop::Usual));
        assert_eq!(chosen(&[("DISPLAY", ":0")], ""), Ok(Desktop::Usual));
        assert_eq!(chosen(&[("WAYLAND_SOCKET", "7")], ""), Ok(Desktop::Usual));
        assert!(chosen(&wayland, "").unwrap_err().contains("/run/user/1000/wayland-0"));
        assert!(chosen(&[], "").unwrap_err().contains("DISPLAY"));
    }

    #[test]
    fn places_in_sources_are_nobodys_business() {
        let said = "winit EventLoopError: os error at /home/x/.cargo/winit-0.30/src/linux/mod.rs:764: no display";
        assert_eq!(plain(said), "no display");
        assert_eq!(plain("no driver"), "no driver");
    }
}
