using System.Globalization;

namespace SurveillanceRegistry.Files.Yaml;

/// <summary>
/// The key <c>revision</c> of a file that was exported: the recorded revision of its document that it was drawn from. A file without it is
/// compared with the newest revision.
/// </summary>
internal static class RevisionKey
{
    public static readonly FieldSchema<int> Number = FieldSchema.Number(1, int.MaxValue);

    /// <summary>The revision that a map names; null when it names none.</summary>
    public static int? In(YamlNode? node) =>
        (node as YamlMap)?["revision"] is YamlText text
        && int.TryParse(text.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
