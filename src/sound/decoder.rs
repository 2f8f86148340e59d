//! [`Decoder`]: the samples of a sound file, block by block, by symphonia.

use super::{LONGEST_S, SoundError};
use std::path::{Path, PathBuf};
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::units::{Time, TimeBase};
use symphonia::default::{get_codecs, get_probe};

/// Samples a second that a file may have.
const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;
/// More channels than this are none that anybody hears.
const MOST_CHANNELS: usize = 32;
/// Packets one after the other that may be damaged before the file counts as that.
const MOST_DAMAGED: usize = 200;

/// A sound file that is read from its beginning, or from where it was put, to its end.
pub struct Decoder {
    format: Box<dyn FormatReader>,
    codec: Box<dyn AudioDecoder>,
    track: u32,
    time_base: TimeBase,
    rate: u32,
    length_s: Option<f64>,
    /// Samples to leave out, where only a place before the wanted one could be reached.
    skip: usize,
    samples: Vec<f32>,
    /// Frames of samples that came so far, from the beginning of the file.
    read: u64,
    path: PathBuf,
}

/// Some samples.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// At least one.
    pub channels: usize,
    /// One channel after the other for each moment; 1 is as loud as can be.
    pub samples: &'a [f32],
}

impl Decoder {
    /// Opens a file.
    ///
    /// # Errors
    /// A file that can't be read or holds no sound that can be decoded.
    pub fn open(path: &Path) -> Result<Self, SoundError> {
        let unusable = |what: &str| SoundError::Unusable { path: path.to_owned(), what: what.to_owned() };
        let file = crate::files::open(path).map_err(|source| SoundError::Io { path: path.to_owned(), source })?;
        let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
        let mut hint = Hint::new();
        if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
            hint.with_extension(extension);
        }
        let format = get_probe()
            .probe(&hint, stream, FormatOptions::default(), MetadataOptions::default())
            .map_err(|error| unusable(&why(&error)))?;
        let track = format.default_track(TrackType::Audio).ok_or_else(|| unusable("nothing is heard in it"))?;
        let Some(CodecParameters::Audio(parameters)) = &track.codec_params else {
            return Err(unusable("it doesn't say how it is packed"));
        };
        let rate = parameters.sample_rate.filter(|rate| RATES.contains(rate));
        let rate = rate.ok_or_else(|| unusable("it doesn't say how many samples a second it has"))?;
        let time_base = track.time_base.or_else(|| TimeBase::try_from_recip(rate));
        let time_base = time_base.ok_or_else(|| unusable("it has no times"))?;
        let codec = get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|error| unusable(&why(&error)))?;
        let length_s = track.num_frames.map(|frames| frames as f64 / f64::from(rate));
        Ok(Self {
            track: track.id,
            codec,
            time_base,
            rate,
            length_s,
            skip: 0,
            samples: Vec::new(),
            read: 0,
            path: path.to_owned(),
            format,
        })
    }

    /// Samples a second of each channel.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// How long it says it is, seconds; `None`: that isn't known before it was read.
    pub fn length_s(&self) -> Option<f64> {
        self.length_s.map(|length| length.min(LONGEST_S))
    }

    /// Goes on at a time, to the sample.
    ///
    /// # Errors
    /// A time that the file hasn't; files in which nobody finds a place.
    pub fn seek(&mut self, seconds: f64) -> Result<(), SoundError> {
        let cant = |what: String| SoundError::Unusable { path: self.path.clone(), what };
        let seconds = seconds.clamp(0.0, LONGEST_S);
        let time = Time::try_from_secs_f64(seconds).ok_or_else(|| cant("it has no such time".into()))?;
        let to = SeekTo::Time { time, track_id: Some(self.track) };
        let there = self.format.seek(SeekMode::Accurate, to).map_err(|error| cant(why(&error)))?;
        self.codec.reset();
        let reached = self.time_base.calc_time_saturating(there.actual_ts).as_secs_f64();
        let wanted = self.time_base.calc_time_saturating(there.required_ts).as_secs_f64();
        self.skip = ((wanted - reached).max(0.0) * f64::from(self.rate)).round() as usize;
        self.read = (seconds * f64::from(self.rate)) as u64;
        Ok(())
    }

    /// The next samples; `None`: that was all.
    ///
    /// # Errors
    /// A file in which nothing can be decoded. One that breaks off after that ends there.
    pub fn block(&mut self) -> Result<Option<Block<'_>>, SoundError> {
        let mut damaged = 0;
        let channels = loop {
            if self.read as f64 > LONGEST_S * f64::from(self.rate) || damaged > MOST_DAMAGED {
                return self.end("it is damaged");
            }
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) if packet.track_id == self.track => packet,
                Ok(Some(_)) => continue,
                Ok(None) => return self.end("it is empty"),
                Err(error) => return self.end(&why(&error)),
            };
            let channels = match self.codec.decode(&packet) {
                Ok(decoded) => {
                    let (channels, rate) = (decoded.num_planes(), decoded.spec().rate());
                    if !(1..=MOST_CHANNELS).contains(&channels) || rate != self.rate {
                        return self.end("it changes on its way");
                    }
                    decoded.copy_to_vec_interleaved(&mut self.samples);
                    channels
                }
                Err(Error::DecodeError(_)) => {
                    damaged += 1;
                    continue;
                }
                Err(error) => return self.end(&why(&error)),
            };
            let skipped = self.skip.min(self.samples.len() / channels);
            self.skip -= skipped;
            self.samples.drain(..skipped * channels);
            if !self.samples.is_empty() {
                break channels;
            }
        };
        self.read += (self.samples.len() / channels) as u64;
        Ok(Some(Block { channels, samples: &self.samples }))
    }

    /// What was read is all there is; if it is nothing, that is why.
    fn end(&self, why: &str) -> Result<Option<Block<'_>>, SoundError> {
        match self.read {
            0 => Err(SoundError::Unusable { path: self.path.clone(), what: why.to_owned() }),
            _ => Ok(None),
        }
    }
}

/// In words that go into a sentence.
fn why(error: &Error) -> String {
    match error {
        Error::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => "it breaks off".into(),
        Error::IoError(error) => error.to_string(),
        Error::DecodeError(what) | Error::Unsupported(what) | Error::LimitError(what) => {
            // Said as `codec (part): what`.
            what.rsplit_once(": ").map_or(*what, |(_, what)| what).to_owned()
        }
        Error::SeekError(_) => "it can't be begun in its middle".into(),
        other => other.to_string(),
    }
}
