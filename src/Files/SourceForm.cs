using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files;

/// <summary>Where a fact was read, as the files write it.</summary>
internal static class SourceForm
{
    public static Form<Source> Source { get; } = Form.Keys("a source", keys => new Source(
        keys.Required("title", Form.Text),
        keys.Optional("url", Form.WebAddress),
        keys.Required("read_on", Form.Day),
        keys.Required("confidence", Form.Word<Confidence>())));
}
