using System.Text;
using CsCheck;

namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>Random changes of files.</summary>
internal static class Mutations
{
    /// <summary>Some bytes, or some characters that have a meaning in YAML.</summary>
    public static Gen<byte[]> YamlFragment { get; } =
        Gen.OneOf(Gen.Byte.Array[0, 8], Gen.String[Gen.Char["{}[]:,-&*!|>'\" \n0a"], 0, 8].Select(Encoding.UTF8.GetBytes));

    /// <summary>Replaces a random part of a file by a fragment.</summary>
    /// <param name="maxRemoved">The part has at most this many bytes.</param>
    public static Gen<byte[]> From(byte[] file, int maxRemoved, Gen<byte[]> fragment) =>
        from start in Gen.Int[0, file.Length]
        from length in Gen.Int[0, maxRemoved]
        from inserted in fragment
        select (byte[])[.. file[..start], .. inserted, .. file[Math.Min(file.Length, start + length)..]];
}
