use super::{
    Contents, Kind, PYTORCH, Problems, Reader, SAFETENSORS, Schema, Shipped, Stored, WeightError, WeightType, by_name,
    count,
};
use crate::memory;
use crate::progress::Progress;
use candle_core::{DType, Device, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// What loading takes beside the numbers.
const ASIDE_BYTES: usize = 64 << 20;

/// A weight file (or folder), of which only the table of contents has been read.
#[derive(Debug)]
pub struct WeightFile {
    path: PathBuf,
    version: u32,
    /// By `PART.KEY`: the file that holds it, and where.
    tensors: BTreeMap<String, (PathBuf, Stored)>,
    /// The whole file, where it is part of the program.
    built_in: Option<&'static [u8]>,
    /// What is added to tensors when they are read.
    changes: BTreeMap<String, Vec<f32>>,
}

impl WeightFile {
    /// Opens a `.safetensors` file, or a folder with a PyTorch file for each part of the graph.
    ///
    /// # Errors
    /// It cannot be read, holds no weights, or says that they are of another graph or a newer version. Whether the
    /// tensors are the right ones is [`WeightFile::problems`].
    pub fn open(path: &Path, schema: &Schema) -> Result<Self, WeightError> {
        let metadata = std::fs::metadata(path).map_err(WeightError::file(path))?;
        if metadata.is_dir() {
            let tensors = folder(path, schema)?;
            let (path, version) = (path.to_owned(), schema.version);
            return Ok(Self { path, version, tensors, built_in: None, changes: BTreeMap::new() });
        }
        let reader = reader(path);
        if !reader.whole {
            let reason = format!("it is one file of several; give the folder that holds {}", schema.files());
            return Err(WeightError::no_weights(path, reason));
        }
        Self::of((reader.contents)(path)?, path, schema, None)
    }

    /// The `.safetensors` file that is part of the program.
    ///
    /// # Errors
    /// As [`WeightFile::open`].
    pub fn built_in(shipped: &Shipped, schema: &Schema) -> Result<Self, WeightError> {
        let path = shipped.path();
        Self::of(shipped.contents()?, &path, schema, Some(shipped.bytes))
    }

    fn of(
        contents: Contents,
        path: &Path,
        schema: &Schema,
        built_in: Option<&'static [u8]>,
    ) -> Result<Self, WeightError> {
        let version = version(&contents, schema).map_err(|reason| WeightError::no_weights(path, reason))?;
        let tensors = contents.tensors.into_iter().map(|(name, stored)| (name, (path.to_owned(), stored)));
        let (path, tensors) = (path.to_owned(), tensors.collect());
        Ok(Self { path, version, tensors, built_in, changes: BTreeMap::new() })
    }

    /// The graph that a file says it is of; none where it doesn't say, or can't be read.
    pub(super) fn named_graph(path: &Path) -> Option<String> {
        let reader = reader(path);
        if reader.whole && path.is_file() { (reader.contents)(path).ok()?.graph } else { None }
    }

    /// The files that hold them: the one, or one for each part.
    pub fn files(&self) -> BTreeSet<&Path> {
        self.tensors.values().map(|(file, _)| file.as_path()).collect()
    }

    /// The version of the graph these weights are of.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The same weights, to whose tensors so much is added.
    pub(super) fn with_changes(self, changes: BTreeMap<String, Vec<f32>>) -> Self {
        Self { changes, ..self }
    }

    /// All tensors, by name.
    pub(super) fn tensors(&self) -> impl Iterator<Item = (&str, &Stored)> {
        self.tensors.iter().map(|(name, (_, stored))| (name.as_str(), stored))
    }

    /// The shape of a tensor, where there is one of this name.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.get(name).map(|(_, stored)| &stored.shape[..])
    }

    /// What doesn't fit the graph.
    pub fn problems(&self, schema: &Schema) -> Problems {
        let wanted = &schema.tensors;
        let mut problems = Problems {
            missing: wanted.keys().filter(|name| !self.tensors.contains_key(*name)).cloned().collect(),
            ..Problems::default()
        };
        for (name, (_, stored)) in &self.tensors {
            match wanted.get(name) {
                None => problems.surplus.push(name.clone()),
                Some(shape) if *shape != stored.shape => {
                    problems.misshapen.push((name.clone(), stored.shape.clone(), shape.clone()));
                }
                Some(_) => {
                    if let Kind::Other(kind) = &stored.kind {
                        problems.unreadable.push((name.clone(), kind.clone()));
                    }
                }
            }
        }
        problems
    }

    /// # Errors
    /// [`WeightError::Misfit`], with everything that doesn't fit.
    pub fn must_fit(&self, schema: &Schema) -> Result<(), WeightError> {
        let problems = self.problems(schema);
        match problems.is_empty() {
            true => Ok(()),
            false => {
                Err(WeightError::Misfit { path: self.path.clone(), graph: schema.graph, problems: Box::new(problems) })
            }
        }
    }

    /// Looks whether there is memory for the weights of a graph, kept with `bytes` each.
    ///
    /// # Errors
    /// [`WeightError::Memory`].
    pub fn must_have_room(&self, schema: &Schema, bytes: f64) -> Result<(), WeightError> {
        let sizes = || schema.tensors.values().map(|shape| count(shape).unwrap_or(usize::MAX));
        let all = (sizes().fold(0, usize::saturating_add) as f64 * bytes) as usize;
        // The largest is there as it was read, as numbers, and packed, until it is done.
        let largest = sizes().max().unwrap_or(0).saturating_mul(3 * size_of::<f32>());
        let (needs, free) = (all.saturating_add(largest).saturating_add(ASIDE_BYTES) as u64, memory::available());
        if needs <= free {
            return Ok(());
        }
        Err(WeightError::Memory { path: self.path.clone(), needs_mib: needs >> 20, free_mib: free >> 20 })
    }

    /// The values of one tensor.
    pub(super) fn read(&self, name: &str) -> Result<Vec<f32>, WeightError> {
        let (path, stored) =
            self.tensors.get(name).ok_or_else(|| WeightError::no_weights(&self.path, format!("{name} is missing")))?;
        let mut values = match self.built_in {
            Some(bytes) => read_from(Cursor::new(bytes), bytes.len() as u64, path, stored)?,
            None => read(path, stored)?,
        };
        if let Some(changes) = self.changes.get(name) {
            values.iter_mut().zip(changes).for_each(|(value, change)| *value += change);
        }
        if values.iter().all(|v| v.is_finite()) {
            Ok(values)
        } else {
            Err(WeightError::no_weights(path, format!("{name} holds values that are not numbers")))
        }
    }

    /// Builds something out of the tensors of a graph, each read to `device` when it is asked for (as float32, unless the builder
    /// is told otherwise); `progress` advances by one then.
    ///
    /// # Errors
    /// [`WeightError::Misfit`] before anything is read; whatever happens while reading; [`WeightError::Cancelled`].
    pub fn load<T>(
        &self,
        schema: &Schema,
        device: &Device,
        progress: &dyn Progress,
        build: impl FnOnce(&VarBuilder) -> candle_core::Result<T>,
    ) -> Result<T, WeightError> {
        self.must_fit(schema)?;
        let loader = Loader { file: self, progress };
        let built = build(&VarBuilder::from_backend(Box::new(loader), DType::F32, device.clone()));
        if progress.cancelled() { Err(WeightError::Cancelled) } else { Ok(built?) }
    }
}

/// What reads a file of this name.
fn reader(path: &Path) -> Reader {
    by_name(path).map_or(SAFETENSORS.reader, |format| format.reader)
}

fn folder(path: &Path, schema: &Schema) -> Result<BTreeMap<String, (PathBuf, Stored)>, WeightError> {
    let file = |part: &str| {
        let mut names = PYTORCH.extensions.iter().map(|extension| path.join(format!("{part}.{extension}")));
        names.find(|file| file.is_file())
    };
    let absent: Vec<_> =
        schema.parts.iter().filter(|part| file(part).is_none()).map(|part| format!("{part}.pth")).collect();
    if !absent.is_empty() {
        let reason =
            format!("the folder has no {}; the weights of {} are {}", absent.join(", "), schema.graph, schema.files());
        return Err(WeightError::no_weights(path, reason));
    }
    let mut tensors = BTreeMap::new();
    for part in schema.parts {
        let Some(file) = file(part) else { continue };
        for (key, stored) in (PYTORCH.reader.contents)(&file)?.tensors {
            tensors.insert(format!("{part}.{key}"), (file.clone(), stored));
        }
    }
    Ok(tensors)
}

/// The version that a file is of. One that doesn't say what it is of is taken for the present version: its tensors
/// tell.
fn version(contents: &Contents, schema: &Schema) -> Result<u32, String> {
    if let Some(graph) = contents.graph.as_ref().filter(|graph| **graph != schema.graph) {
        return Err(format!("it is for a network called {graph:?}, not for {:?}", schema.graph));
    }
    match contents.version.as_ref().map(|version| version.parse::<u32>()) {
        None => Ok(schema.version),
        Some(Ok(version)) if version <= schema.version => Ok(version),
        Some(_) => Err("it was written by a newer version of this program; update it".into()),
    }
}

impl Stored {
    /// How many values lie between the first and the last, both included; none where that is no number.
    pub(super) fn span(&self) -> Option<usize> {
        if self.shape.contains(&0) {
            return Some(0);
        }
        let last = self
            .shape
            .iter()
            .zip(&self.strides)
            .try_fold(0_usize, |at, (&n, &stride)| at.checked_add((n - 1).checked_mul(stride)?))?;
        last.checked_add(1)
    }
}

/// The values of a tensor in row-major order.
pub(super) fn read(path: &Path, stored: &Stored) -> Result<Vec<f32>, WeightError> {
    let file = crate::files::open(path).map_err(WeightError::file(path))?;
    let length = file.metadata().map_err(WeightError::file(path))?.len();
    read_from(file, length, path, stored)
}

/// As [`read`], from a file's bytes wherever they are.
fn read_from(mut file: impl Read + Seek, length: u64, path: &Path, stored: &Stored) -> Result<Vec<f32>, WeightError> {
    let Kind::Readable(kind) = stored.kind else {
        return Err(WeightError::no_weights(path, format!("it holds values of type {}", stored.kind.name())));
    };
    let (Some(span), Some(count)) = (stored.span(), count(&stored.shape)) else {
        return Err(WeightError::no_weights(path, "it holds a tensor larger than any memory"));
    };
    // The file may have become shorter since its contents were listed; memory is asked for only what is there.
    let wanted = span.checked_mul(kind.size()).filter(|&wanted| wanted as u64 <= length);
    let mut bytes = vec![0; wanted.ok_or_else(|| WeightError::no_weights(path, "it is cut off"))?];
    file.seek(SeekFrom::Start(stored.offset)).map_err(WeightError::file(path))?;
    file.read_exact(&mut bytes).map_err(WeightError::file(path))?;
    let values = WeightType::to_f32(kind, &bytes);
    if stored.strides == super::contiguous(&stored.shape) {
        return Ok(values);
    }
    let place = |mut i: usize| {
        let mut at = 0;
        for (&n, &stride) in stored.shape.iter().zip(&stored.strides).rev() {
            at += i % n * stride;
            i /= n;
        }
        at
    };
    Ok((0..count).map(|i| values[place(i)]).collect())
}

/// Reads tensors as the networks ask for them.
struct Loader<'a> {
    file: &'a WeightFile,
    progress: &'a dyn Progress,
}

impl SimpleBackend for Loader<'_> {
    fn get(&self, shape: Shape, name: &str, _: Init, dtype: DType, device: &Device) -> candle_core::Result<Tensor> {
        if self.progress.cancelled() {
            candle_core::bail!("cancelled");
        }
        let values = self.file.read(name).map_err(candle_core::Error::wrap)?;
        self.progress.advance(1);
        Tensor::from_vec(values, shape, device)?.to_dtype(dtype)
    }

    fn get_unchecked(&self, name: &str, _: DType, _: &Device) -> candle_core::Result<Tensor> {
        candle_core::bail!("{name} was asked for without a shape")
    }

    fn contains_tensor(&self, name: &str) -> bool {
        self.file.tensors.contains_key(name)
    }
}
