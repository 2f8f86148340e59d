//! Reading accessors: typed arrays in buffers, every range checked, sparse ones filled in.

use super::document::Document;
use crate::figure::FigureError;
use gltf::json::accessor::{ComponentType, Type};
use gltf::json::validation::Checked;
use gltf::json::{Accessor, Index};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

/// Numbers that sparse accessors may make from nothing, all together: far more than any real figure's morphs.
const MAX_MADE_UP: usize = 1 << 30;

/// A decoded accessor: `values` holds `width` numbers an element.
pub(in crate::figure) struct Array<T> {
    pub(in crate::figure) values: Vec<T>,
    pub(in crate::figure) width: usize,
}

impl<T> Array<T> {
    /// Number of elements.
    pub(in crate::figure) fn len(&self) -> usize {
        self.values.len() / self.width
    }

    /// The elements, of which each has `width` numbers.
    pub(in crate::figure) fn element(&self, i: usize) -> &[T] {
        &self.values[i * self.width..(i + 1) * self.width]
    }
}

/// Reads a document's accessors. Files share them between primitives, so each is decoded once.
pub(in crate::figure) struct Accessors<'a> {
    document: &'a Document<'a>,
    floats: RefCell<HashMap<usize, Rc<Array<f32>>>>,
    integers: RefCell<HashMap<usize, Rc<Array<u32>>>>,
    /// Numbers read so far. Accessors that overlap on purpose could otherwise make gigabytes of a small file.
    read: Cell<usize>,
    /// Numbers that no buffer holds, made up for sparse accessors.
    made_up: Cell<usize>,
}

impl<'a> Accessors<'a> {
    pub(in crate::figure) fn new(document: &'a Document<'a>) -> Self {
        Self {
            document,
            floats: RefCell::default(),
            integers: RefCell::default(),
            read: Cell::new(0),
            made_up: Cell::new(0),
        }
    }

    /// Numbers as floats, normalized integers mapped to [0, 1] or [−1, 1]. `role` names them in messages.
    /// They may be no numbers at all.
    pub(in crate::figure) fn floats(
        &self,
        index: Index<Accessor>,
        role: &str,
        widths: &[usize],
    ) -> Result<Rc<Array<f32>>, FigureError> {
        if let Some(known) = self.floats.borrow().get(&index.value()) {
            self.check_width(index, role, widths, known.width)?;
            return Ok(known.clone());
        }
        let accessor = self.accessor(index)?;
        let normalized = accessor.normalized;
        let array = Rc::new(self.decode(index, role, widths, |kind, bytes| float(kind, bytes, normalized))?);
        // Sparse morph targets are used once and grow many times over when filled in: not worth keeping.
        if accessor.buffer_view.is_some() {
            self.floats.borrow_mut().insert(index.value(), array.clone());
        }
        Ok(array)
    }

    /// Whole numbers ≥ 0: triangle and joint indices. glTF wants them unsigned, and some programs write others; what is no
    /// such number is [`u32::MAX`], which no list is long enough for.
    pub(in crate::figure) fn integers(
        &self,
        index: Index<Accessor>,
        role: &str,
        width: usize,
    ) -> Result<Rc<Array<u32>>, FigureError> {
        if let Some(known) = self.integers.borrow().get(&index.value()) {
            self.check_width(index, role, &[width], known.width)?;
            return Ok(known.clone());
        }
        let array = Rc::new(self.decode(index, role, &[width], unsigned)?);
        self.integers.borrow_mut().insert(index.value(), array.clone());
        Ok(array)
    }

    /// Counts `more` numbers towards what a file of that size may hold.
    fn spend(&self, counter: &Cell<usize>, more: usize, limit: usize) -> Result<(), FigureError> {
        counter.set(counter.get().saturating_add(more));
        if counter.get() > limit {
            return Err(self.document.unsupported("its accessors stand for far more data than the file has"));
        }
        Ok(())
    }

    fn accessor(&self, index: Index<Accessor>) -> Result<&'a Accessor, FigureError> {
        self.document.get(&self.document.root.accessors, index.value(), "accessor")
    }

    fn check_width(
        &self,
        index: Index<Accessor>,
        role: &str,
        widths: &[usize],
        width: usize,
    ) -> Result<(), FigureError> {
        if widths.contains(&width) {
            return Ok(());
        }
        Err(self.document.damaged(format!("accessor {index} ({role}) has {width} numbers an element")))
    }

    fn decode<T: Copy + Default>(
        &self,
        index: Index<Accessor>,
        role: &str,
        widths: &[usize],
        number: impl Fn(ComponentType, &[u8]) -> T,
    ) -> Result<Array<T>, FigureError> {
        let document = self.document;
        let accessor = self.accessor(index)?;
        let damaged = |what: &str| document.damaged(format!("accessor {index} ({role}) {what}"));
        let (Checked::Valid(kind), Checked::Valid(type_)) = (accessor.component_type, accessor.type_) else {
            return Err(damaged("has an unknown type"));
        };
        let (kind, width) = (kind.0, width_of(type_));
        self.check_width(index, role, widths, width)?;
        let count = usize::try_from(accessor.count.0).map_err(|_| damaged("is too long"))?;
        let mut values = match accessor.buffer_view {
            Some(view) => {
                let numbers = count.saturating_mul(width);
                self.spend(&self.read, numbers, document.bytes.saturating_add(1_000_000))?;
                let (bytes, stride) = document.view(view)?;
                let offset = accessor.byte_offset.unwrap_or_default().0;
                elements(bytes, offset, stride, count, width, kind, &number)
                    .ok_or_else(|| damaged(&format!("reaches beyond the end of buffer view {view}")))?
            }
            // Zeros, for the sparse part to fill in; nothing in the file vouches for their number.
            None if accessor.sparse.is_none() => {
                return Err(damaged(&format!("has no data{}", document.compression_hint())));
            }
            None if count > document.bytes => return Err(damaged("is longer than the whole file")),
            None => {
                self.spend(&self.made_up, count * width, MAX_MADE_UP)?;
                vec![T::default(); count * width]
            }
        };
        if let Some(sparse) = &accessor.sparse {
            let Checked::Valid(index_kind) = sparse.indices.component_type else {
                return Err(damaged("has sparse indices of an unknown type"));
            };
            let length = usize::try_from(sparse.count.0).map_err(|_| damaged("is too long"))?;
            let (bytes, _) = document.view(sparse.indices.buffer_view)?;
            let places = elements(bytes, sparse.indices.byte_offset.0, None, length, 1, index_kind.0, &unsigned)
                .ok_or_else(|| damaged("has more sparse indices than its buffer view"))?;
            let (bytes, _) = document.view(sparse.values.buffer_view)?;
            let replaced = elements(bytes, sparse.values.byte_offset.0, None, length, width, kind, &number)
                .ok_or_else(|| damaged("has more sparse values than its buffer view"))?;
            for (&place, value) in places.iter().zip(replaced.chunks_exact(width)) {
                let place = place as usize;
                if place >= count {
                    return Err(damaged(&format!("has a sparse index {place}, but only {count} elements")));
                }
                values[place * width..(place + 1) * width].copy_from_slice(value);
            }
        }
        Ok(Array { values, width })
    }
}

/// `count` elements of `width` numbers from `bytes`; `None` when they don't lie within.
fn elements<T>(
    bytes: &[u8],
    offset: u64,
    stride: Option<usize>,
    count: usize,
    width: usize,
    kind: ComponentType,
    number: &impl Fn(ComponentType, &[u8]) -> T,
) -> Option<Vec<T>> {
    let bytes = bytes.get(usize::try_from(offset).ok()?..)?;
    let size = width * kind.size();
    let stride = stride.unwrap_or(size);
    if count == 0 {
        return Some(Vec::new());
    }
    // A stride below an element's size would let a few bytes stand for any number of elements.
    if stride < size || stride.checked_mul(count - 1)?.checked_add(size)? > bytes.len() {
        return None;
    }
    let mut values = Vec::with_capacity(count * width);
    for element in bytes.chunks(stride).take(count) {
        values.extend(element[..size].chunks_exact(kind.size()).map(|component| number(kind, component)));
    }
    Some(values)
}

fn width_of(type_: Type) -> usize {
    match type_ {
        Type::Scalar => 1,
        Type::Vec2 => 2,
        Type::Vec3 => 3,
        Type::Vec4 | Type::Mat2 => 4,
        Type::Mat3 => 9,
        Type::Mat4 => 16,
    }
}

/// One little-endian component; see the table of normalized integers in the glTF specification, 3.6.2.2.
fn float(kind: ComponentType, bytes: &[u8], normalized: bool) -> f32 {
    let (value, one) = match kind {
        ComponentType::I8 => (f32::from(bytes[0] as i8), f32::from(i8::MAX)),
        ComponentType::U8 => (f32::from(bytes[0]), f32::from(u8::MAX)),
        ComponentType::I16 => (f32::from(i16::from_le_bytes([bytes[0], bytes[1]])), f32::from(i16::MAX)),
        ComponentType::U16 => (f32::from(u16::from_le_bytes([bytes[0], bytes[1]])), f32::from(u16::MAX)),
        ComponentType::U32 => return unsigned(kind, bytes) as f32,
        ComponentType::F32 => return f32::from_bits(unsigned(ComponentType::U32, bytes)),
    };
    if normalized { (value / one).max(-1.0) } else { value }
}

/// One little-endian component without sign; signed and real kinds are refused before.
fn unsigned(kind: ComponentType, bytes: &[u8]) -> u32 {
    let number = match (kind, bytes) {
        (ComponentType::I8, &[a, ..]) => f64::from(a as i8),
        (ComponentType::U8, &[a, ..]) => f64::from(a),
        (ComponentType::I16, &[a, b, ..]) => f64::from(i16::from_le_bytes([a, b])),
        (ComponentType::U16, &[a, b, ..]) => f64::from(u16::from_le_bytes([a, b])),
        (ComponentType::U32, &[a, b, c, d, ..]) => f64::from(u32::from_le_bytes([a, b, c, d])),
        (ComponentType::F32, &[a, b, c, d, ..]) => f64::from(f32::from_le_bytes([a, b, c, d])),
        _ => f64::NAN,
    };
    if number >= 0.0 && number.fract() == 0.0 { number as u32 } else { u32::MAX }
}
