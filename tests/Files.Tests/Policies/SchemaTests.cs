using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Tests.Fixtures;

namespace SurveillanceRegistry.Files.Tests.Policies;

/// <summary>The JSON Schemas are for editors. They allow the same values as the readers of the registry.</summary>
public sealed class SchemaTests
{
    private static JsonElement Schema(string name) =>
        JsonDocument.Parse(File.ReadAllBytes(Path.Combine(SampleCity.Root, "policies/schema", name))).RootElement;

    private static JsonElement At(JsonElement schema, params string[] path) =>
        path.Aggregate(schema, (element, key) => element.GetProperty(key));

    private static string[] Words(JsonElement list) => [.. list.EnumerateArray().Select(word => word.GetString()!)];

    private static string[] Words<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(Json.Word)];

    [Fact]
    public void The_first_line_of_every_sample_file_names_a_schema_that_exists() =>
        Assert.All(
            SampleCity.Files,
            file =>
            {
                var path = Path.Combine(SampleCity.Root, file);
                var first = File.ReadLines(path).First();
                Assert.StartsWith("# yaml-language-server: $schema=", first, StringComparison.Ordinal);
                Assert.True(
                    File.Exists(Path.Combine(Path.GetDirectoryName(path)!, first[(first.IndexOf('=', StringComparison.Ordinal) + 1)..])),
                    first
                );
            }
        );

    [Fact]
    public void The_wording_schema_requires_the_sentences_that_the_registry_requires() =>
        Assert.Equal(
            WordingKeys.Required.Keys,
            Words(At(Schema("notice-wording.json"), "properties", "texts", "required")).Order(StringComparer.Ordinal)
        );

    [Fact]
    public void The_schemas_allow_the_words_that_the_registry_allows()
    {
        var version = At(Schema("instrument.json"), "properties", "versions", "items", "properties");
        var rule = At(version, "governs", "additionalProperties", "properties");
        var device = At(Schema("inventory.json"), "properties", "devices", "items", "properties");
        Assert.Equal(Words<InstrumentKind>(), Words(At(Schema("instrument.json"), "properties", "kind", "enum")));
        Assert.Equal(Words<Confidence>(), Words(At(version, "source", "properties", "confidence", "enum")));
        Assert.Equal(Words<Capture>(), Words(At(rule, "capture", "items", "enum")));
        Assert.Equal(Words<RetentionBound>(), Words(At(rule, "retention", "items", "properties", "bound", "enum")));
        Assert.Equal(Words<RetentionEvent>(), Words(At(rule, "retention", "items", "properties", "event", "enum")));
        Assert.Equal(Words<NoticeDuty>(), Words(At(rule, "notice", "items", "properties", "duty", "enum")));
        Assert.Equal(Words<RecordsAccessKind>(), Words(At(rule, "records_access", "properties", "access", "enum")));
        Assert.Equal(DeviceKind.All.Select(kind => kind.Id), Words(At(device, "kind", "enum")));
        Assert.Equal(Words<Capture>(), Words(At(device, "sensors", "items", "enum")));
        Assert.Equal(Words<Lifecycle>(), Words(At(device, "lifecycle", "enum")));
    }
}
