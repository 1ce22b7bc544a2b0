// SPDX-License-Identifier: Apache-2.0

extension FixedWidthInteger {
    /// The bits of `range`, shifted down to bit 0.
    ///
    /// Bit numbers as the manuals write them; `range` lies within the integer's width.
    @inlinable @inline(__always)
    public subscript(bits range: ClosedRange<Int>) -> Self {
        get {
            let width = range.upperBound - range.lowerBound + 1
            let mask: Self = width >= Self.bitWidth ? ~0 : (1 << width) &- 1
            return (self >> range.lowerBound) & mask
        }
        set {
            let width = range.upperBound - range.lowerBound + 1
            let mask: Self = width >= Self.bitWidth ? ~0 : (1 << width) &- 1
            self = (self & ~(mask << range.lowerBound)) | ((newValue & mask) << range.lowerBound)
        }
    }

    /// Whether bit `number` is set.
    @inlinable @inline(__always)
    public subscript(bit number: Int) -> Bool {
        get { (self >> number) & 1 != 0 }
        set { self = newValue ? self | (1 << number) : self & ~(1 << number) }
    }
}
