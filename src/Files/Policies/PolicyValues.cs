using System.Globalization;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>Writes the values that several policy files share.</summary>
internal static class PolicyValues
{
    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Flag(bool value) => value ? "true" : "false";

    public static void Write(YamlWriter yaml, Source source) =>
        yaml.Map(
            "source",
            keys =>
            {
                keys.Text("title", source.Title);
                keys.Text("url", source.Url);
                keys.Plain("read_on", Day(source.ReadOn));
                keys.Plain("confidence", Json.Word(source.Confidence));
            }
        );
}
