use super::{ConrError, Kind, NETWORKS, Problems, Stored, VERSION, WeightType, count, pth, safetensors, schema};
use crate::progress::Progress;
use candle_core::{DType, Device, Shape, Tensor};
use candle_nn::var_builder::SimpleBackend;
use candle_nn::{Init, VarBuilder};
use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A weight file (or folder), of which only the table of contents has been read.
#[derive(Debug)]
pub struct WeightFile {
    path: PathBuf,
    version: u32,
    /// By `NETWORK.KEY`: the file that holds it, and where.
    tensors: BTreeMap<String, (PathBuf, Stored)>,
}

impl WeightFile {
    /// Opens a folder of the authors' four `.pth` files, or a `.safetensors` file.
    ///
    /// # Errors
    /// It cannot be read, or holds no weights. Whether they are the right ones is [`WeightFile::problems`].
    pub fn open(path: &Path) -> Result<Self, ConrError> {
        let metadata = std::fs::metadata(path).map_err(ConrError::file(path))?;
        let (version, tensors) = if metadata.is_dir() {
            (VERSION, folder(path)?)
        } else if path.extension().is_some_and(|e| e == "pth" || e == "pt") {
            return Err(ConrError::no_weights(
                path,
                "it is one file of several; give the folder that holds the authors' four .pth files",
            ));
        } else {
            let (version, tensors) = safetensors::index(path)?;
            (version, tensors.into_iter().map(|(name, stored)| (name, (path.to_owned(), stored))).collect())
        };
        Ok(Self { path: path.to_owned(), version, tensors })
    }

    /// The version of the graph these weights are of.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// All tensors, by name.
    pub(super) fn tensors(&self) -> impl Iterator<Item = (&str, &Stored)> {
        self.tensors.iter().map(|(name, (_, stored))| (name.as_str(), stored))
    }

    /// What doesn't fit the networks.
    ///
    /// # Errors
    /// None that a user could cause.
    pub fn problems(&self) -> Result<Problems, ConrError> {
        let schema = schema()?;
        let mut problems = Problems {
            missing: schema.keys().filter(|name| !self.tensors.contains_key(*name)).cloned().collect(),
            ..Problems::default()
        };
        for (name, (_, stored)) in &self.tensors {
            match schema.get(name) {
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
        Ok(problems)
    }

    /// # Errors
    /// [`ConrError::Misfit`], with everything that doesn't fit.
    pub(super) fn must_fit(&self) -> Result<(), ConrError> {
        let problems = self.problems()?;
        if problems.is_empty() { Ok(()) } else { Err(ConrError::Misfit { path: self.path.clone(), problems }) }
    }

    /// The values of one tensor.
    pub(super) fn read(&self, name: &str) -> Result<Vec<f32>, ConrError> {
        let (path, stored) =
            self.tensors.get(name).ok_or_else(|| ConrError::no_weights(&self.path, format!("{name} is missing")))?;
        let values = read(path, stored)?;
        if values.iter().all(|v| v.is_finite()) {
            Ok(values)
        } else {
            Err(ConrError::no_weights(path, format!("{name} holds values that are not numbers")))
        }
    }

    /// Builds something out of the tensors, each read to `device` when it is asked for (as float32, unless the builder
    /// is told otherwise); `progress` advances by one then.
    ///
    /// # Errors
    /// [`ConrError::Misfit`] before anything is read; whatever happens while reading; [`ConrError::Cancelled`].
    pub fn load<T>(
        &self,
        device: &Device,
        progress: &dyn Progress,
        build: impl FnOnce(&VarBuilder) -> candle_core::Result<T>,
    ) -> Result<T, ConrError> {
        self.must_fit()?;
        let loader = Loader { file: self, progress };
        let built = build(&VarBuilder::from_backend(Box::new(loader), DType::F32, device.clone()));
        if progress.cancelled() { Err(ConrError::Cancelled) } else { Ok(built?) }
    }
}

fn folder(path: &Path) -> Result<BTreeMap<String, (PathBuf, Stored)>, ConrError> {
    let absent: Vec<_> =
        NETWORKS.iter().map(|n| format!("{n}.pth")).filter(|name| !path.join(name).is_file()).collect();
    if !absent.is_empty() {
        let reason = format!("the folder has no {}; the authors' release has four .pth files", absent.join(", "));
        return Err(ConrError::no_weights(path, reason));
    }
    let mut tensors = BTreeMap::new();
    for network in NETWORKS {
        let file = path.join(format!("{network}.pth"));
        for (key, stored) in pth::index(&file)? {
            tensors.insert(format!("{network}.{key}"), (file.clone(), stored));
        }
    }
    Ok(tensors)
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
pub(super) fn read(path: &Path, stored: &Stored) -> Result<Vec<f32>, ConrError> {
    let Kind::Readable(kind) = stored.kind else {
        return Err(ConrError::no_weights(path, format!("it holds values of type {}", stored.kind.name())));
    };
    let (Some(span), Some(count)) = (stored.span(), count(&stored.shape)) else {
        return Err(ConrError::no_weights(path, "it holds a tensor larger than any memory"));
    };
    let mut file = crate::files::open(path).map_err(ConrError::file(path))?;
    // The file may have become shorter since its contents were listed; memory is asked for only what is there.
    let length = file.metadata().map_err(ConrError::file(path))?.len();
    let wanted = span.checked_mul(kind.size()).filter(|&wanted| wanted as u64 <= length);
    let mut bytes = vec![0; wanted.ok_or_else(|| ConrError::no_weights(path, "it is cut off"))?];
    file.seek(SeekFrom::Start(stored.offset)).map_err(ConrError::file(path))?;
    file.read_exact(&mut bytes).map_err(ConrError::file(path))?;
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
