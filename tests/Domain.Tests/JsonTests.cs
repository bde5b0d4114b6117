using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Tests.Architecture;

namespace SurveillanceRegistry.Domain.Tests;

/// <summary>
/// The JSON in which Domain values reach the database, the ledger and the API. C# names may change; these may only be added to.
/// </summary>
public sealed class JsonTests
{
    /// <summary>The name of each value in the list, and its type.</summary>
    private static readonly (string Name, Type Type)[] Persisted =
    [
        ("observation", typeof(DeviceObservation)),
        ("instrument", typeof(Instrument)),
        ("technology", typeof(Technology)),
        ("city", typeof(City)),
        ("wording", typeof(Wording)),
        ("proposal", typeof(Proposal)),
        ("request", typeof(ChangeRequest)),
        ("attribution", typeof(Attribution)),
        ("fact", typeof(NoticeFact)),
        ("item", typeof(NoticeItem)),
        ("factWords", typeof(FactText)),
        ("transition", typeof(EffectiveTransition)),
        ("device", typeof(FixedDevice)),
        ("gateway", typeof(Gateway)),
        ("place", typeof(Place)),
        ("kiosk", typeof(Kiosk)),
        ("fleet", typeof(Fleet)),
        ("expected", typeof(ExpectedState)),
        ("profile", typeof(Profile)),
        ("source", typeof(Source)),
    ];

    [Fact]
    public void Every_JSON_member_that_an_older_version_wrote_has_the_same_name_now()
    {
        // Written by version 3208c35. A member that a new version adds is added to the file; none is ever removed or renamed.
        var written = File.ReadAllLines(Path.Combine(SourceTree.Root, "tests/Domain.Tests/Fixtures/persisted-members.txt"));
        var now = Persisted.SelectMany(value => Members(value.Name, value.Type, depth: 0));
        Assert.Equal(written, now);
    }

    [Theory]
    [InlineData(typeof(Source), """{"title":"The order","url":null,"readOn":"2026-11-23"}""")]
    [InlineData(typeof(RecordsAccess), """{"text":"On request."}""")]
    [InlineData(typeof(Retention), """{"days":30,"event":null,"dataClass":"footage"}""")]
    [InlineData(typeof(RequiredNotice), """{"days":30}""")]
    public void A_document_that_leaves_out_a_closed_word_is_refused_and_never_read_as_the_first(Type type, string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, type, Json.Options));

    /// <summary>The paths of all members below a type; a closed family with its words.</summary>
    private static IEnumerable<string> Members(string path, Type type, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return [$"{path}: {string.Join(' ', Enum.GetNames(type).Select(JsonNamingPolicy.KebabCaseLower.ConvertName))}"];
        var info = Json.Options.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => Members(path + "[]", info.ElementType!, depth),
            JsonTypeInfoKind.Dictionary => Members(path + "{}", info.ElementType!, depth),
            JsonTypeInfoKind.Object when depth > 6 => [path + " …"],
            JsonTypeInfoKind.Object => info
                .Properties.Where(property => property.Get is not null)
                .OrderBy(property => property.Name, StringComparer.Ordinal)
                .SelectMany(property => Members($"{path}.{property.Name}", property.PropertyType, depth + 1)),
            _ => [path],
        };
    }
}
