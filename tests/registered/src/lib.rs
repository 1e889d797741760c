//! Registers a type with `typetag`, which does it with a constructor, in a crate that knows
//! nothing of offloop: so nothing but luck would order its constructor before offloop's.

/// Something that is sent as a trait object.
#[typetag::serde]
pub trait Shape: Send {
    /// Its area.
    fn area(&self) -> f64;
}

/// A shape.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Square(pub f64);

#[typetag::serde]
impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}
