//! As much of Python's pickle format as `torch.save` uses for a dictionary of tensors.
//!
//! A pickle is a program for a stack machine that may call any function. This machine calls none: the few names that
//! a dictionary of tensors needs are recognized, every other one is refused. Values live in one list and refer to
//! each other by place, so that neither deep nesting nor cycles can do harm, and no value is ever copied. What comes out
//! is no larger than what went in: each name stands for one tensor, and types have short names.
//!
//! Format: CPython's `pickletools`, protocol 2; `torch/_utils.py` for the arguments of `_rebuild_tensor_v2`.

use super::{Kind, WeightType};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// No weight has more dimensions.
const MAX_RANK: usize = 8;
/// No class, function or type has a longer name. Such names are kept once for each tensor.
const MAX_CLASS_BYTES: usize = 128;

/// A tensor as a pickle describes it: a view of a storage.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Strided {
    pub(super) storage: Rc<str>,
    pub(super) kind: Kind,
    /// Which value of the storage is the tensor's first.
    pub(super) first: u64,
    pub(super) shape: Vec<usize>,
    pub(super) strides: Vec<usize>,
}

/// The tensors of the dictionary that `bytes` is the pickle of, in its order.
///
/// # Errors
/// A reason, to follow the file's name.
pub(super) fn tensors(bytes: &[u8]) -> Result<Vec<(String, Strided)>, String> {
    let mut machine = Machine { bytes, ..Machine::default() };
    let root = machine.run()?;
    let Value::Dict(items) = &machine.values[root] else {
        return Err("it holds no dictionary of tensors (a whole model, perhaps); save its state_dict".into());
    };
    let mut names = HashSet::new();
    items
        .iter()
        .map(|&(key, value)| match (&machine.values[key], &machine.values[value]) {
            // Ten bytes of a pickle can repeat any entry: without this, names come to more than any memory.
            (Value::Text(name), _) if !names.insert(&**name) => {
                Err(format!("it holds two entries called {}", quoted(name)))
            }
            (Value::Text(name), Value::Tensor(view)) => Ok((name.to_string(), view.clone())),
            (Value::Text(name), _) => Err(format!("its entry {} is no tensor", quoted(name))),
            _ => Err("it holds an entry without a name".into()),
        })
        .collect()
}

/// A name as it stands in a message: its beginning, where it is long.
fn quoted(name: &str) -> String {
    let mut start: String = name.chars().take(MAX_CLASS_BYTES).collect();
    if start.len() < name.len() {
        start.push('…');
    }
    format!("{start:?}")
}

/// The place of a value in [`Machine::values`].
type Id = usize;

enum Value {
    /// Something that no tensor depends on: none, a truth value, a number with a fraction.
    Other,
    Int(i64),
    Text(Rc<str>),
    /// The name of a class or function, with its module.
    Global(Rc<str>),
    /// A tuple or a list.
    Sequence(Vec<Id>),
    Dict(Vec<(Id, Id)>),
    Storage {
        key: Rc<str>,
        kind: Kind,
    },
    Tensor(Strided),
}

#[derive(Default)]
struct Machine<'a> {
    bytes: &'a [u8],
    values: Vec<Value>,
    stack: Vec<Id>,
    /// Heights of the stack at which marks were set.
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

impl<'a> Machine<'a> {
    /// Runs to the end and gives the value on top.
    fn run(&mut self) -> Result<Id, String> {
        loop {
            match self.byte()? {
                b'.' => return self.pop(),
                // Protocol number.
                0x80 => drop(self.byte()?),
                b'(' => self.marks.push(self.stack.len()),
                b'N' | 0x88 | 0x89 => self.push(Value::Other),
                b'G' => {
                    self.take(8)?;
                    self.push(Value::Other);
                }
                b'K' => {
                    let value = self.byte()?;
                    self.push(Value::Int(value.into()));
                }
                b'M' => {
                    let value = u16::from_le_bytes(self.array()?);
                    self.push(Value::Int(value.into()));
                }
                b'J' => {
                    let value = i32::from_le_bytes(self.array()?);
                    self.push(Value::Int(value.into()));
                }
                0x8a => self.long()?,
                b'X' => {
                    let length = u32::from_le_bytes(self.array()?);
                    let text = self.take(length as usize)?;
                    let text = std::str::from_utf8(text).map_err(|_| "its pickle holds text that is not UTF-8")?;
                    self.push(Value::Text(text.into()));
                }
                b'c' => {
                    let name = format!("{}.{}", self.line()?, self.line()?);
                    if name.len() > MAX_CLASS_BYTES {
                        return Err(not_weights());
                    }
                    self.push(Value::Global(name.into()));
                }
                b')' | b']' => self.push(Value::Sequence(Vec::new())),
                b'}' => self.push(Value::Dict(Vec::new())),
                b't' => self.tuple_from_mark()?,
                0x85 => self.tuple(1)?,
                0x86 => self.tuple(2)?,
                0x87 => self.tuple(3)?,
                b'a' => {
                    let item = self.pop()?;
                    self.append(vec![item])?;
                }
                b'e' => {
                    let items = self.since_mark()?;
                    self.append(items)?;
                }
                b's' => {
                    let (value, key) = (self.pop()?, self.pop()?);
                    self.insert(&[key, value])?;
                }
                b'u' => {
                    let items = self.since_mark()?;
                    self.insert(&items)?;
                }
                b'q' => {
                    let place = self.byte()?;
                    self.remember(place.into())?;
                }
                b'r' => {
                    let place = u32::from_le_bytes(self.array()?);
                    self.remember(place)?;
                }
                b'h' => {
                    let place = self.byte()?;
                    self.recall(place.into())?;
                }
                b'j' => {
                    let place = u32::from_le_bytes(self.array()?);
                    self.recall(place)?;
                }
                b'Q' => self.storage()?,
                b'R' => self.call()?,
                // Attributes of a dictionary (torch's version numbers); of no interest.
                b'b' => {
                    self.pop()?;
                    let target = self.top()?;
                    if !matches!(self.values[target], Value::Dict(_)) {
                        return Err(not_weights());
                    }
                }
                code => return Err(format!("its pickle holds an operation (0x{code:02x}) that weights don't need")),
            }
        }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], String> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or("its pickle is cut off")?;
        self.bytes = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, String> {
        self.array::<1>().map(|[b]| b)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        self.take(N)?.try_into().map_err(|_| "its pickle is cut off".into())
    }

    fn line(&mut self) -> Result<&'a str, String> {
        let length = self.bytes.iter().position(|&b| b == b'\n').ok_or("its pickle is cut off")?;
        let line = self.take(length)?;
        self.byte()?;
        std::str::from_utf8(line).map_err(|_| "its pickle holds a name that is not UTF-8".into())
    }

    fn push(&mut self, value: Value) {
        self.values.push(value);
        self.stack.push(self.values.len() - 1);
    }

    /// Nothing below the last mark may be taken.
    fn pop(&mut self) -> Result<Id, String> {
        let floor = self.marks.last().copied().unwrap_or(0);
        if self.stack.len() <= floor {
            return Err(malformed());
        }
        self.stack.pop().ok_or_else(malformed)
    }

    fn top(&self) -> Result<Id, String> {
        self.stack.last().copied().ok_or_else(malformed)
    }

    fn since_mark(&mut self) -> Result<Vec<Id>, String> {
        let mark = self.marks.pop().ok_or_else(malformed)?;
        Ok(self.stack.split_off(mark))
    }

    fn tuple(&mut self, count: usize) -> Result<(), String> {
        let mut items = (0..count).map(|_| self.pop()).collect::<Result<Vec<_>, _>>()?;
        items.reverse();
        self.push(Value::Sequence(items));
        Ok(())
    }

    fn tuple_from_mark(&mut self) -> Result<(), String> {
        let items = self.since_mark()?;
        self.push(Value::Sequence(items));
        Ok(())
    }

    fn append(&mut self, items: Vec<Id>) -> Result<(), String> {
        let target = self.top()?;
        match &mut self.values[target] {
            Value::Sequence(list) => list.extend(items),
            _ => return Err(malformed()),
        }
        Ok(())
    }

    fn insert(&mut self, keys_and_values: &[Id]) -> Result<(), String> {
        let target = self.top()?;
        match &mut self.values[target] {
            Value::Dict(items) => items.extend(keys_and_values.as_chunks().0.iter().map(|&[key, value]| (key, value))),
            _ => return Err(malformed()),
        }
        Ok(())
    }

    fn remember(&mut self, place: u32) -> Result<(), String> {
        let top = self.top()?;
        self.memo.insert(place, top);
        Ok(())
    }

    fn recall(&mut self, place: u32) -> Result<(), String> {
        let id = *self.memo.get(&place).ok_or_else(malformed)?;
        self.stack.push(id);
        Ok(())
    }

    /// An integer of up to eight bytes, two's complement.
    fn long(&mut self) -> Result<(), String> {
        let length = self.byte()?;
        let bytes = self.take(length.into())?;
        let mut wide = [if bytes.last().is_some_and(|b| b & 0x80 != 0) { 0xff } else { 0 }; 8];
        wide.get_mut(..bytes.len()).ok_or("its pickle holds a number that is too large")?.copy_from_slice(bytes);
        self.push(Value::Int(i64::from_le_bytes(wide)));
        Ok(())
    }

    /// What torch keeps beside the pickle: `("storage", torch.FloatStorage, key, device, count)`.
    fn storage(&mut self) -> Result<(), String> {
        let id = self.pop()?;
        let [_, class, key, ..] = self.sequence(id)? else { return Err(not_weights()) };
        let (Value::Global(class), Value::Text(key)) = (&self.values[*class], &self.values[*key]) else {
            return Err(not_weights());
        };
        let kind = match &**class {
            "torch.FloatStorage" => Kind::Readable(WeightType::F32),
            "torch.HalfStorage" => Kind::Readable(WeightType::F16),
            "torch.BFloat16Storage" => Kind::Readable(WeightType::Bf16),
            other => Kind::Other(other.trim_start_matches("torch.").trim_end_matches("Storage").to_lowercase()),
        };
        self.push(Value::Storage { key: Rc::clone(key), kind });
        Ok(())
    }

    /// The calls that a dictionary of tensors needs; none of them is one here.
    fn call(&mut self) -> Result<(), String> {
        let (arguments, function) = (self.pop()?, self.pop()?);
        let Value::Global(name) = &self.values[function] else { return Err(not_weights()) };
        match &**name {
            "collections.OrderedDict" => self.push(Value::Dict(Vec::new())),
            "torch._utils._rebuild_tensor_v2" => {
                let view = self.view(arguments)?;
                self.push(Value::Tensor(view));
            }
            "torch._utils._rebuild_parameter" => {
                let tensor = *self.sequence(arguments)?.first().ok_or_else(not_weights)?;
                self.stack.push(tensor);
            }
            other => {
                return Err(format!("it asks to call {other:?}, which weights have no need of; nothing was called"));
            }
        }
        Ok(())
    }

    /// Arguments: storage, first value, shape, strides, and what training needs.
    fn view(&self, arguments: Id) -> Result<Strided, String> {
        let [storage, first, shape, strides, ..] = self.sequence(arguments)? else { return Err(not_weights()) };
        let (Value::Storage { key, kind }, Value::Int(first)) = (&self.values[*storage], &self.values[*first]) else {
            return Err(not_weights());
        };
        let (shape, strides) = (self.sizes(*shape)?, self.sizes(*strides)?);
        if shape.len() != strides.len() {
            return Err(not_weights());
        }
        let first = u64::try_from(*first).map_err(|_| not_weights())?;
        Ok(Strided { storage: Rc::clone(key), kind: kind.clone(), first, shape, strides })
    }

    fn sizes(&self, id: Id) -> Result<Vec<usize>, String> {
        let items = self.sequence(id)?;
        if items.len() > MAX_RANK {
            return Err(format!("it holds a tensor of {} dimensions", items.len()));
        }
        let size = |&item: &Id| match self.values[item] {
            Value::Int(n) => usize::try_from(n).map_err(|_| not_weights()),
            _ => Err(not_weights()),
        };
        items.iter().map(size).collect()
    }

    fn sequence(&self, id: Id) -> Result<&[Id], String> {
        match &self.values[id] {
            Value::Sequence(items) => Ok(items),
            _ => Err(not_weights()),
        }
    }
}

fn malformed() -> String {
    "its pickle is malformed".into()
}

fn not_weights() -> String {
    "it holds something other than a dictionary of tensors; save a state_dict".into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn code_is_named_and_not_run() {
        let reason = tensors(b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.").unwrap_err();
        assert!(reason.contains("\"os.system\""), "{reason}");
    }

    #[test]
    fn deep_nesting_is_harmless() {
        let mut bytes = b"\x80\x02)".to_vec();
        bytes.resize(1 << 20, 0x85);
        bytes.push(b'.');
        assert!(tensors(&bytes).unwrap_err().contains("no dictionary"));
    }

    #[test]
    fn a_dictionary_may_hold_itself() {
        assert!(tensors(b"\x80\x02}q\x00X\x01\x00\x00\x00ah\x00s.").unwrap_err().contains("\"a\" is no tensor"));
    }

    /// `_rebuild_tensor_v2` of the storage class in the memo's place 2, as torch writes it.
    fn tensor() -> Vec<u8> {
        let mut bytes =
            b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storageh\x02X\x01\0\0\x000X\x03\0\0\0cpuK\x01tQ".to_vec();
        bytes.extend(b"K\0K\x01\x85K\x01\x85\x89tR");
        bytes
    }

    #[test]
    fn a_name_stands_for_one_tensor() {
        let name = [b"X".as_slice(), &100_000_u32.to_le_bytes(), &[b'n'; 100_000], b"q\0"].concat();
        let head = [b"\x80\x02ctorch\nFloatStorage\nq\x02", name.as_slice(), &tensor(), b"q\x01}("].concat();
        let pickle = |times: usize| [head.as_slice(), &b"h\0h\x01".repeat(times), b"u."].concat();
        assert_eq!(tensors(&pickle(1)).unwrap()[0].0.len(), 100_000);
        let reason = tensors(&pickle(100_000)).unwrap_err();
        assert!(reason.contains("two entries called \"nnn") && reason.len() < 500, "{reason}");
    }

    #[test]
    fn names_of_types_are_short() {
        let class = [b"ctorch\n".as_slice(), &[b'n'; 100_000], b"\nq\x02"].concat();
        let pickle = [b"\x80\x02", class.as_slice(), &tensor(), b"."].concat();
        assert_eq!(tensors(&pickle), Err(not_weights()));
    }

    #[test]
    fn a_mark_is_a_floor() {
        assert!(tensors(b"\x80\x02}(s.").is_err());
        assert!(tensors(b"\x80\x02(.").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_end_in_a_sentence(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = tensors(&bytes);
        }

        #[test]
        fn any_operations_end_in_a_sentence(
            codes in prop::collection::vec(prop::sample::select(b".(N\x88GKMJ\x8aXc)]}t\x85\x86\x87aesuqrhjQRb\x00\n".to_vec()), 0..200),
        ) {
            let _ = tensors(&codes);
        }
    }
}
