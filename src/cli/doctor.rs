//! `settei doctor`: what this machine has, what is missing and how to get it.

use super::report::Report;
use super::weights::{NONE_SHIPPED, in_a_line};
use crate::events::{Adapter, Device, Diagnosis, Event};
use crate::example;
use crate::nn::DeviceChoice;
use crate::raster::{AdapterSummary, RasterChoice, Rasterizer, adapters};
use crate::weights;
use anyhow::Result;
use clap::Args;

/// Tell what this machine can do, what is missing and how to get it
#[derive(Args)]
pub(super) struct Doctor {}

impl Doctor {
    pub(super) fn run(&self, report: &Report) -> Result<()> {
        let mut missing: Vec<String> = Vec::new();
        let line = |what: &str, value: &str| report.say(format_args!("{what:<12} {value}"));

        let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
        let version = env!("CARGO_PKG_VERSION");
        line("Settei", version);
        line("system", &system);

        line("licence", "MIT or Apache 2.0, as you like");
        line("example", &format!("{} ({})", example::LICENCE, example::LICENCE_URL));
        let threads = rayon::current_num_threads();
        line("processor", &format!("{threads} threads"));
        let memory = crate::memory::of_the_machine();
        line("memory", &format!("{:.1} GiB, {:.1} GiB of it free", gib(memory.0), gib(memory.1)));
        if gib(memory.1) < 3.0 {
            missing.push(
                "less than 3 GiB of memory are free: close other programs before drawing with CoNR's published weights"
                    .into(),
            );
        }

        let adapters = adapters();
        for adapter in &adapters {
            let suits = adapter.unsuitable.as_ref().map_or_else(String::new, |why| format!("; not used: {why}"));
            line("graphics", &format!("{} ({}, {}){suits}", adapter.name, adapter.backend, adapter.kind));
        }
        if adapters.is_empty() {
            line("graphics", "no adapter; figures are drawn by the processor");
            missing.push(NO_ADAPTER.into());
        }
        let raster = match Rasterizer::new(RasterChoice::Auto) {
            Ok(rasterizer) => rasterizer.describe(),
            Err(error) => error.to_string(),
        };
        line("figures by", &raster);

        let mut devices = Vec::new();
        for choice in [DeviceChoice::Cpu, DeviceChoice::Cuda, DeviceChoice::Metal] {
            let name = format!("{choice:?}").to_lowercase();
            let usable = choice.open().is_ok();
            let state = choice.describe();
            line(&name, &if usable { state.clone() } else { format!("no: {state}") });
            devices.push(Device { device: name, usable, state });
        }

        let auto = DeviceChoice::Auto.describe_choice();
        line("networks on", &auto);
        let known = crate::engine::graphs()?;
        for file in weights::shipped() {
            line("weights", &in_a_line(&weights::inspect_shipped(file, &known)?));
        }
        if weights::shipped().is_empty() {
            line("weights", NONE_SHIPPED);
        }

        if missing.is_empty() {
            report.say("\nNothing is missing.");
        }
        for what in &missing {
            report.say(format_args!("\nMissing: {what}"));
        }
        let adapter = |found: AdapterSummary| Adapter {
            name: found.name,
            backend: found.backend,
            kind: found.kind.to_owned(),
            driver: found.driver,
            unsuitable: found.unsuitable,
        };
        report.event(|| {
            Event::Doctor(Diagnosis {
                version: version.to_owned(),
                example_licence: example::LICENCE.to_owned(),
                system,
                threads,
                memory_bytes: memory.0,
                memory_free_bytes: memory.1,
                adapters: adapters.into_iter().map(adapter).collect(),
                raster,
                devices,
                auto,
                missing,
            })
        });
        Ok(())
    }
}

#[cfg(target_os = "linux")]
const NO_ADAPTER: &str = "a graphics driver (everything works without one, more slowly). On Debian and Ubuntu: sudo apt-get install mesa-vulkan-drivers; \
                          for an NVIDIA card the driver of its maker";
#[cfg(not(target_os = "linux"))]
const NO_ADAPTER: &str =
    "a graphics driver (everything works without one, more slowly): install the one of your graphics card's maker";

fn gib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 30)
}
