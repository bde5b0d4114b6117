using System.Collections.Immutable;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>
/// A whole registry with ten thousand rows in a hundred thousand versions: how long a change of ten thousand rows takes, and how long the
/// table takes as of today and as of any other day.
/// </summary>
internal static class LargeTable
{
    private const int Batches = 10,
        InstrumentsEach = 50,
        Technologies = 20,
        Versions = 10,
        Asked = 200;

    public static async Task RunAsync()
    {
        await using var house = new RegistryHost();
        await house.OpenAsync();
        using var editor = await ProgramAsync(house, "editor");
        using var approver = await ProgramAsync(house, "approver");
        await ChangeAsync(
            editor,
            approver,
            [
                .. Enumerable
                    .Range(0, Technologies)
                    .Select(i => PolicyDocument.For(new Technology($"technology-{i}", $"Technology {i}", null, null, null))),
            ]
        );
        var (check, commit) = (0.0, 0.0);
        for (var batch = 0; batch < Batches; batch++)
        {
            var (checkedIn, committed) = await ChangeAsync(
                editor,
                approver,
                [.. Enumerable.Range(batch * InstrumentsEach, InstrumentsEach).Select(i => PolicyDocument.For(Instrument(i)))]
            );
            (check, commit) = (Math.Max(check, checkedIn), Math.Max(commit, committed));
        }

        Figures.Print("10,000 rows proposed and checked over HTTP, the slowest of 10", $"{check:0.00} s", check, 5);
        Figures.Print("… approved: recorded, entered into the ledger, told to all places", $"{commit:0.00} s", commit, 10);

        using var reader = new HttpClient { BaseAddress = house.Http };
        foreach (
            var (what, path, limit) in new[]
            {
                ("GET governance, 1,000 rows of 10,000", "/api/v1/governance?x=", 50.0),
                ("page /governance", "/governance?x=", 50.0),
            }
        )
        {
            var current = await TimesAsync(reader, _ => path);
            var asOf = await TimesAsync(reader, i => $"{path}&asOf={new DateOnly(2005, 1, 1).AddDays(i * 37):yyyy-MM-dd}");
            Figures.Print($"{what}, current", Words(current), Figures.Percentile(current, 95), limit);
            Figures.Print(
                "… as of any other day",
                $"{Words(asOf)}, {Figures.Percentile(asOf, 50) / Figures.Percentile(current, 50):0.00} × current",
                Figures.Percentile(asOf, 50) / Figures.Percentile(current, 50),
                1.5
            );
        }
    }

    private static Instrument Instrument(int number)
    {
        var source = new Source("Made for a measurement", null, new DateOnly(2026, 11, 23), Confidence.Sourced);
        return new Instrument(
            $"law-{number:0000}",
            InstrumentKind.StateLaw,
            $"Law {number}",
            "nobody",
            [
                .. Enumerable
                    .Range(1, Versions)
                    .Select(version => new InstrumentVersion(
                        version,
                        $"Law {number} as of {2000 + 2 * version}",
                        new EffectivePeriod(
                            LawDate.On(2000 + 2 * version, 1, 1),
                            To: version < Versions ? LawDate.On(2002 + 2 * version, 1, 1) : null
                        ),
                        null,
                        null,
                        null,
                        null,
                        null,
                        source,
                        [
                            .. Enumerable
                                .Range(0, Technologies)
                                .Select(technology => new Rule(
                                    $"technology-{technology}",
                                    [],
                                    [new Retention(RetentionBound.Minimum, version)],
                                    [],
                                    new RecordsAccess(RecordsAccessKind.NotKnown),
                                    []
                                )),
                        ]
                    )),
            ]
        );
    }

    private static async Task<(double Check, double Commit)> ChangeAsync(
        HttpClient editor,
        HttpClient approver,
        ImmutableArray<PolicyDocument> documents
    )
    {
        var content = string.Join(
            ',',
            documents.Select(one => $$"""{"document":"{{Json.Word(one.Kind)}}","id":"{{one.Id}}","base":0,"content":{{one.Body}}}""")
        );
        var body =
            "{\"reason\":\"Measured\",\"source\":{\"title\":\"Made for a measurement\",\"url\":null,\"readOn\":\"2026-11-23\",\"confidence\":\"sourced\"},\"documents\":["
            + content
            + "]}";
        var clock = Stopwatch.StartNew();
        var id = await SendAsync(editor, "changes", body, null);
        await SendAsync(editor, $"changes/{id}/submit", "", "\"1\"");
        var check = clock.Elapsed.TotalSeconds;
        clock.Restart();
        await SendAsync(approver, $"changes/{id}/approve", "", "\"2\"");
        return (check, clock.Elapsed.TotalSeconds);
    }

    private static async Task<long> SendAsync(HttpClient program, string path, string body, string? ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var answer = await program.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(text).GetProperty("id").GetInt64()
            : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text[..Math.Min(text.Length, 400)]}");
    }

    private static async Task<HttpClient> ProgramAsync(RegistryHost house, string role)
    {
        var (code, output, errors) = await Programs.VerbAsync(house.Settings, "token", "create", "--role", role, "--json");
        if (code != 0)
            throw new InvalidOperationException(errors);
        var token = JsonSerializer.Deserialize<JsonElement>(output).GetProperty("token").GetString();
        return new HttpClient
        {
            BaseAddress = new Uri(house.Http, "/api/v1/"),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
            Timeout = TimeSpan.FromMinutes(5),
        };
    }

    private static async Task<double[]> TimesAsync(HttpClient reader, Func<int, string> path)
    {
        var times = new List<double>();
        for (var i = -20; i < Asked; i++)
        {
            var clock = Stopwatch.StartNew();
            using var answer = await reader.GetAsync(path(Math.Abs(i)));
            answer.EnsureSuccessStatusCode();
            if (i >= 0)
                times.Add(clock.Elapsed.TotalMilliseconds);
        }

        times.Sort();
        return [.. times];
    }

    private static string Words(double[] times) =>
        $"p50 {Figures.Percentile(times, 50):0.0} ms, p95 {Figures.Percentile(times, 95):0.0} ms, p99 {Figures.Percentile(times, 99):0.0} ms";
}
