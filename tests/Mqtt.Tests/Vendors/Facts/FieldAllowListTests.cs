using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors.Adapters;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Facts;

/// <summary>The allow-lists drive the parsers, and docs/adapters.md shows them.</summary>
public sealed class FieldAllowListTests
{
    private const string Begin = "<!-- from the keep-lists -->\n",
        End = "<!-- end -->\n";

    public static TheoryData<AdapterKind, int> EveryField() =>
        [
            .. AdapterCatalogue.All.SelectMany(adapter =>
                adapter.AllowList.Allowed.Select((_, at) => new TheoryDataRow<AdapterKind, int>(adapter.AllowList.Adapter, at))
            ),
        ];

    /// <summary>A field that is taken off its list is not read any more: every field has a message that tells the difference.</summary>
    [Theory]
    [MemberData(nameof(EveryField))]
    public void The_allow_lists_drive_the_parsers(AdapterKind kind, int at)
    {
        var list = AdapterCatalogue.ForKind(kind).AllowList;
        var field = list.Allowed[at];
        var (with, without) = (Read(Made(list), field), Read(Made(list.Without(field)), field));
        Assert.NotEqual(with, without);
    }

    [Fact]
    public void The_catalogue_has_every_allow_list() =>
        Assert.Equal(Enum.GetValues<AdapterKind>().Order(), AdapterCatalogue.All.Select(adapter => adapter.AllowList.Adapter).Order());

    [Fact]
    public void The_documents_show_the_allow_lists_as_they_are()
    {
        var path = Path.Combine(VendorExamples.Root, "docs/adapters.md");
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        Assert.True(begin >= 0 && end > begin, "docs/adapters.md has a place for the keep-lists.");
        if (Environment.GetEnvironmentVariable("REGISTRY_TESTS_WRITE_DOCS") is not null)
            File.WriteAllText(path, text = text[..(begin + Begin.Length)] + "\n" + AdapterCatalogue.Markdown() + "\n" + text[end..]);
        end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.Equal(AdapterCatalogue.Markdown(), text[(begin + Begin.Length)..end].Trim('\n') + "\n");
    }

    [Fact]
    public void Every_allowed_field_says_what_it_becomes() =>
        Assert.All(
            AdapterCatalogue.All.SelectMany(adapter => adapter.AllowList.Allowed),
            field => Assert.NotEmpty(AdapterCatalogue.Becomes(field))
        );

    private static Adapter Made(FieldAllowList list) =>
        list.Adapter switch
        {
            AdapterKind.Axis => new Axis(list),
            AdapterKind.Onvif => new Onvif(list),
            AdapterKind.Sparkplug => new SparkplugB(list),
            AdapterKind.Availability => new AvailabilityTopics(list),
            _ => new FieldAdapter(list),
        };

    /// <summary>What an adapter makes of a message that holds this field.</summary>
    private static string Read(Adapter adapter, AllowedField field)
    {
        if (adapter is SparkplugB sparkplug)
            return ReadSparkplug(sparkplug, field);
        if (field.Topic == "{unit}/{name}")
        {
            // The same topic tells all four: each has a name of its own in this profile.
            var (name, payload) =
                field == AvailabilityTopics.AvailabilityWord ? ("status", "online")
                : field == AvailabilityTopics.ModeWord ? ("recording", """{"state":"ON"}""")
                : field == AvailabilityTopics.HealthWord ? ("health", "bad")
                : ("config", """{"sw_version":"2.800.0"}""");
            return Words((FieldAdapter)adapter, WithHealth(), $"amcrest2mqtt/000000001/{name}", payload);
        }

        var units = VendorExamples.Tables[
            field.Topic.Contains("onvif-ej", StringComparison.Ordinal) ? VendorExamples.Garage
            : adapter is Axis ? VendorExamples.Camera
            : VendorExamples.Recorder
        ];
        var unit = units.Profile.Units[0].Name;
        var value = field.Type switch
        {
            AllowedType.Word => $"\"{field.Values[0].Word}\"",
            AllowedType.Flag => "true",
            AllowedType.Number => field.Values[0].Min.ToString(System.Globalization.CultureInfo.InvariantCulture),
            AllowedType.Instant => "\"2026-11-23T19:59:59Z\"",
            _ => "\"1.2.3\"",
        };
        if (field == AdapterCatalogue.ForKind(AdapterKind.Frigate).AllowList.Allowed[0])
            value = "\"offline\"";
        var payloadOf =
            field.Field.Length == 0
                ? value.Trim('"')
                : field
                    .Field.Split('.')
                    .Reverse()
                    .Aggregate(value, (inner, member) => $"{{\"{(member == "{unit}" ? unit : member)}\":{inner}}}");
        if (field.Type is AllowedType.Instant or AllowedType.Version) // Such a field is reported together with a field of a unit.
            payloadOf =
                payloadOf[..^1]
                + ","
                + (field.Topic == "stats" ? "\"cameras\":{\"lobby_north\":{\"camera_fps\":5}}}" : Beside(adapter.AllowList, field)[1..]);
        return Words(
            (FieldAdapter)adapter,
            units,
            $"{units.Profile.Prefix}/{field.Topic.Replace("{unit}", unit, StringComparison.Ordinal)}",
            payloadOf
        );
    }

    /// <summary>The other field under the same topic, with a good value.</summary>
    private static string Beside(FieldAllowList list, AllowedField field)
    {
        var other = list.Allowed.First(one => one.Topic == field.Topic && !one.Values.IsEmpty);
        return other
            .Field.Split('.')
            .Reverse()
            .Aggregate(
                other.Type == AllowedType.Number ? "1" : $"\"{other.Values[0].Word}\"",
                (inner, member) => $"{{\"{member}\":{inner}}}"
            );
    }

    private static UnitIndex WithHealth()
    {
        var profile = VendorExamples.Tables[VendorExamples.Bridge].Profile;
        return new UnitIndex(
            profile with
            {
                Says = profile.Says.Add(
                    profile.Says[0] with
                    {
                        Name = "health",
                        Availability = profile.Says[1].Availability,
                        Health = profile.Says[1].Health.Add("bad", Domain.Presence.Health.Fault),
                    }
                ),
            }
        );
    }

    private static string Words(FieldAdapter adapter, UnitIndex units, string topic, string payload)
    {
        var reading = adapter.Read(units, topic, System.Text.Encoding.UTF8.GetBytes(payload));
        return $"{adapter.Classify(units, topic)} {reading.IsMalformed} {string.Join(';', reading.Facts)}";
    }

    private static string ReadSparkplug(SparkplugB adapter, AllowedField field)
    {
        var units = VendorExamples.Tables[VendorExamples.Node];
        var number = new[]
        {
            VendorExamples.Metric("bdSeq", 7),
            VendorExamples.Metric("Health", 1, alias: 3),
            VendorExamples.Metric("Health", 1, isHistorical: true),
            VendorExamples.Metric("Plates/Reading", true),
            VendorExamples.Metric("Firmware", "1.2"),
            VendorExamples.Metric("Video/Mode", null),
            [.. VendorExamples.Metric("Stills/Stored", new object()), 0x58, 1],
            [.. VendorExamples.Metric("Video/Mode", "live"), 0x38, 1],
        };
        var made = new List<string>();
        foreach (var verb in Enum.GetValues<SparkplugMessageType>())
        {
            var topic = $"spBv1.0/Harbor/{verb}/bridge-edge{(verb.ToString()[0] == 'D' ? "/traffic-1" : "")}";
            var message = adapter.Read(
                units.WithNode(),
                topic,
                VendorExamples.Sparkplug(verb == SparkplugMessageType.NDEATH ? null : 5, number)
            );
            made.Add(message is null ? "none" : $"{message.Seq} {message.BdSeq} {message.At} {string.Join(';', message.Metrics)}");
        }

        return string.Join('\n', made);
    }
}

/// <summary>The sample node, which is a unit too.</summary>
internal static class NodeAsUnit
{
    public static UnitIndex WithNode(this UnitIndex units) =>
        new(units.Profile with { Units = units.Profile.Units.Add(new ProfileUnit("Harbor/bridge-edge", "harbor-bridge-traffic-2", null)) });
}
