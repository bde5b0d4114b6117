using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Web.Tests.Devices;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Registers;

/// <summary>Each register says what held at one time, as it was known at another.</summary>
public sealed class BothAxesTests(StaffedCity staffed) : DeviceClerkApiTestBase(staffed)
{
    private const int Acts = 12,
        Questions = 60;

    private const string Nothing = "nothing";

    public static TheoryData<string> Registers => ["places", "kiosks", "fleets", "gateways", "departments", "technologies", "wordings"];

    [Theory]
    [MemberData(nameof(Registers))]
    public async Task Random_acts_on_any_register_are_answered_as_by_a_list_of_its_versions(string path)
    {
        var register = RecordedRegister.All(City).Single(one => one.Path == path);
        var random = new Random(path.Length);
        var versions = new List<Version>();
        if ((await SendAsync("GET", $"{path}/{register.Id}")).Body is { } opened && register.ValueOf(opened) is { } said)
            versions.Add(new Version(Opened(opened), Opened(opened), said));
        for (var i = 0; i < Acts; i++)
        {
            City.Time.Advance(TimeSpan.FromMinutes(random.Next(1, 200)));
            await ActAsync(register, random, versions);
        }

        City.Time.Advance(TimeSpan.FromMinutes(1));
        var edges = versions.SelectMany(version => (DateTimeOffset[])[version.Since, version.RecordedAt]).ToArray();
        for (var i = 0; i < Questions; i++)
        {
            var (asOf, knownAt) = (Instant(), Instant());
            var asked = $"?asOf={(register.IsOfDays ? Day(asOf) : LedgerEntry.FormatTime(asOf))}&knownAt={LedgerEntry.FormatTime(knownAt)}";
            Assert.Equal((asked, Expected(register, versions, asOf, knownAt)), (asked, await AnswerAsync(register, asked)));
        }

        Assert.Equal((path, versions[^1].Value), (path, await AnswerAsync(register, "")));
        var history = (await SendAsync("GET", $"{path}/{register.Id}/history")).Body!["items"]!.AsArray();
        Assert.Equal((path, versions.Count), (path, history.Count));

        DateTimeOffset Instant() => edges[random.Next(edges.Length)].AddMicroseconds(random.Next(-1, 2));
    }

    private async Task ActAsync(RecordedRegister register, Random random, List<Version> versions)
    {
        var now = City.Time.GetUtcNow();
        var since = register.TakesSince && random.Next(3) == 0 ? now.AddMinutes(-random.Next(5_000)) : (DateTimeOffset?)null;
        var before = versions.Count == 0 ? Nothing : versions[^1].Value;
        // A wording is never retired, and what is new is in use.
        var mayRetire = before != Nothing && register.Path != "wordings";
        var value = mayRetire && random.Next(4) == 0 ? RecordedRegister.Gone : register.Values[random.Next(register.Values.Length)];
        if (value == before && since is null)
            return;
        if (register is RecordedRegister.Document document)
            await document.RecordAsync(value);
        else
            await SendAsync((RecordedRegister.Inventory)register, value, before, since, versions.Count);
        versions.Add(new Version(since ?? now, now, value));
    }

    private async Task SendAsync(RecordedRegister.Inventory register, string value, string before, DateTimeOffset? since, int version)
    {
        var body = register.BodyOf(value, before, since);
        var (status, answer, _) =
            version == 0
                ? await SendAsync("POST", register.Path, body.Replace("{ ", $$"""{"id":"{{register.Id}}",""", StringComparison.Ordinal))
                : await SendAsync("PATCH", $"{register.Path}/{register.Id}", body, $"\"{version}\"");
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Created, $"{body}: {answer}");
    }

    /// <summary>What the list of versions says, by the rules of the register.</summary>
    private string Expected(RecordedRegister register, List<Version> versions, DateTimeOffset asOf, DateTimeOffset knownAt)
    {
        var known = versions.Where(version => version.RecordedAt <= knownAt).ToArray();
        var held = register.IsOfDays
            ? known.LastOrDefault(version => string.CompareOrdinal(Day(version.Since), Day(asOf)) <= 0) ?? known.FirstOrDefault()
            : known.LastOrDefault(version => version.Since <= asOf);
        return held?.Value ?? Nothing;
    }

    private async Task<string?> AnswerAsync(RecordedRegister register, string asked)
    {
        var (status, body, _) = await SendAsync("GET", $"{register.Path}/{register.Id}{asked}");
        return status switch
        {
            HttpStatusCode.OK => register.ValueOf(body!),
            HttpStatusCode.Gone => RecordedRegister.Gone,
            HttpStatusCode.NotFound => Nothing,
            _ => $"{status}: {body}",
        };
    }

    private string Day(DateTimeOffset at) => City.Opening.Governance.City.DayAt(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset Opened(JsonNode body) => DateTimeOffset.Parse((string)body["recordedAt"]!, CultureInfo.InvariantCulture);

    /// <summary>What was said from a time on, and when it was recorded.</summary>
    private sealed record Version(DateTimeOffset Since, DateTimeOffset RecordedAt, string Value);
}
