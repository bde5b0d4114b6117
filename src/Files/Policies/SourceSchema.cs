using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>The source of a fact: what was read, where, when, and how certain it is.</summary>
internal static class SourceSchema
{
    public static FieldSchema<Source> Source { get; } =
        FieldSchema.Map(
            "a source",
            keys => new Source(
                keys.Required("title", FieldSchema.Text),
                keys.Optional("url", FieldSchema.WebAddress),
                keys.Required("read_on", FieldSchema.Day),
                keys.Required("confidence", FieldSchema.OneOf<Confidence>())
            )
        );
}
