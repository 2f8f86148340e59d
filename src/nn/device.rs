use candle_core::Device;
use candle_core::utils::{cuda_is_available, metal_is_available};
use serde::{Deserialize, Serialize};

/// The device that was asked for cannot be used; the message says why, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DeviceError(String);

/// Where networks run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// The first graphics card that this build can use and that answers, else the processor
    #[default]
    Auto,
    /// The processor
    Cpu,
    /// An NVIDIA card
    Cuda,
    /// An Apple GPU
    Metal,
}

impl DeviceChoice {
    /// Opens the device.
    ///
    /// # Errors
    /// The build cannot use it, or it does not answer; [`DeviceChoice::Auto`] and [`DeviceChoice::Cpu`] always work.
    pub fn open(self) -> Result<Device, DeviceError> {
        match self {
            Self::Auto => Ok(Self::Cuda.open().or_else(|_| Self::Metal.open()).unwrap_or(Device::Cpu)),
            Self::Cpu => Ok(Device::Cpu),
            Self::Cuda if !cuda_is_available() => Err(DeviceError(
                "this build cannot use NVIDIA cards; build it with `--features cuda` (needs the CUDA toolkit), or \
                 choose `--device cpu`"
                    .into(),
            )),
            Self::Cuda => Device::new_cuda(0).map_err(|e| unanswered("NVIDIA card", &e)),
            Self::Metal if !metal_is_available() => Err(DeviceError(
                "this build cannot use Apple's GPUs; build it on a Mac with `--features metal`, or choose \
                 `--device cpu`"
                    .into(),
            )),
            Self::Metal => Device::new_metal(0).map_err(|e| unanswered("Apple GPU", &e)),
        }
    }

    /// Was this program built to use it? That says nothing about the machine.
    pub fn in_this_build(self) -> bool {
        match self {
            Self::Auto | Self::Cpu => true,
            Self::Cuda => cuda_is_available(),
            Self::Metal => metal_is_available(),
        }
    }

    /// Which device this is, and why that one: `the processor, 8 threads (chosen automatically: built without …)`.
    pub fn describe_choice(self) -> String {
        let device = self.describe();
        if self != Self::Auto {
            return format!("{device} (as asked for)");
        }
        let card = |choice: Self, available: bool, name: &str, feature: &str| match choice.open() {
            Ok(_) => None,
            Err(_) if available => Some(format!("no {name} answers")),
            Err(_) => Some(format!("built without `{feature}` for {name}s")),
        };
        let nvidia = card(Self::Cuda, cuda_is_available(), "NVIDIA card", "cuda");
        let apple = nvidia.is_some().then(|| card(Self::Metal, metal_is_available(), "Apple GPU", "metal")).flatten();
        let why: Vec<String> = nvidia.into_iter().chain(apple).collect();
        match why.is_empty() {
            true => format!("{device} (chosen automatically: it answers)"),
            false => format!("{device} (chosen automatically: {})", why.join(", ")),
        }
    }

    /// What the device is, for people; or why there is none.
    pub fn describe(self) -> String {
        match self.open() {
            Ok(Device::Cpu) => match rayon::current_num_threads() {
                1 => "the processor, 1 thread".into(),
                threads => format!("the processor, {threads} threads"),
            },
            Ok(Device::Cuda(_)) => "the first NVIDIA card".into(),
            Ok(Device::Metal(_)) => "Apple's GPU".into(),
            Err(e) => e.to_string(),
        }
    }
}

fn unanswered(what: &str, error: &candle_core::Error) -> DeviceError {
    // What follows the first line is a backtrace.
    let said = error.to_string();
    let error = said.lines().next().unwrap_or_default();
    DeviceError(format!("no {what} answers ({error}); choose `--device cpu`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_a_device() {
        assert!(DeviceChoice::Auto.open().is_ok());
        assert!(DeviceChoice::Cpu.open().unwrap().is_cpu());
    }

    #[test]
    fn a_choice_is_explained() {
        assert!(DeviceChoice::Cpu.describe_choice().ends_with("(as asked for)"));
        let auto = DeviceChoice::Auto.describe_choice();
        assert!(auto.contains("chosen automatically"), "{auto}");
        if !cuda_is_available() && !metal_is_available() {
            assert!(auto.starts_with("the processor") && auto.contains("built without `cuda`"), "{auto}");
        }
    }

    #[test]
    fn what_the_build_lacks_is_named() {
        if !cuda_is_available() {
            assert!(DeviceChoice::Cuda.open().unwrap_err().to_string().contains("--features cuda"));
        }
        if !metal_is_available() {
            assert!(DeviceChoice::Metal.describe().contains("--features metal"));
        }
    }
}
