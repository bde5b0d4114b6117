namespace SurveillanceRegistry.Domain.Presence;

/// <summary>The bits of one unsigned number inside a <see cref="PackedBits"/>.</summary>
/// <param name="Offset">The lowest bit, 0 to 63.</param>
/// <param name="Width">The number of bits, 1 to 31.</param>
internal readonly record struct BitField(int Offset, int Width)
{
    public ulong Mask => (1UL << Width) - 1;

    /// <summary>
    /// The field that begins where this one ends. Fields made in this way cannot overlap.
    /// Throws <see cref="InvalidOperationException"/> when it would end beyond bit 63.
    /// </summary>
    public BitField Next(int width) =>
        Offset + Width + width <= 64
            ? new BitField(Offset + Width, width)
            : throw new InvalidOperationException($"A field of {width} bits after bit {Offset + Width - 1} does not fit into 64 bits.");
}

/// <summary>Several small unsigned numbers in 64 bits.</summary>
internal record struct PackedBits
{
    private ulong _bits;

    /// <summary>The number in a field. A number that is too large for its field loses its upper bits.</summary>
    public int this[BitField field]
    {
        readonly get => (int)(_bits >> field.Offset & field.Mask);
        set => _bits = _bits & ~(field.Mask << field.Offset) | ((ulong)value & field.Mask) << field.Offset;
    }
}
