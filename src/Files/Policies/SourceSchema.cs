using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>Where a fact was read, as the files write it.</summary>
internal static class SourceSchema
{
    public static FieldSchema<Source> Source { get; } =
        FieldSchema.Keys(
            "a source",
            keys => new Source(
                keys.Required("title", FieldSchema.Text),
                keys.Optional("url", FieldSchema.WebAddress),
                keys.Required("read_on", FieldSchema.Day),
                keys.Required("confidence", FieldSchema.Word<Confidence>())
            )
        );
}
