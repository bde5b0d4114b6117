using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>
/// A whole registry with ten thousand rows in a hundred thousand versions. Measures a change of ten thousand rows, and reading the table as
/// of today and as of another day.
/// </summary>
internal static partial class LargeTable
{
    private const int Batches = 10,
        InstrumentsInBatch = 50,
        Technologies = 20,
        Versions = 10,
        Requests = 200,
        WarmUpRequests = 20;

    private static readonly (string What, string Path, double LimitMilliseconds)[] Pages =
    [
        ("GET governance, 1,000 rows of 10,000", "/api/v1/governance?limit=1000", 50),
        ("page /governance", "/governance?x=", 50),
    ];

    /// <summary>How much of the processor's time one answer with the API's document may take.</summary>
    private const double DocumentLimitMilliseconds = 5;

    public static async Task RunAsync()
    {
        await using var registry = new RegistryHost().WithProfiling();
        await registry.StartAsync("--sample-staff");
        await FillAsync(registry);
        using var reader = new HttpClient { BaseAddress = registry.Http };
        await MeasureDocumentAsync(registry, reader);
        foreach (var (what, path, limit) in Pages)
        {
            var current = await MeasureRequestsAsync(reader, _ => path);
            var asOf = await MeasureRequestsAsync(reader, i => $"{path}&asOf={new DateOnly(2005, 1, 1).AddDays(i * 37):yyyy-MM-dd}");
            Figures.Print($"{what}, current", Format(current), Figures.Percentile(current, 95), limit);
            var ratio = Figures.Percentile(asOf, 50) / Figures.Percentile(current, 50);
            Figures.Print("… as of any other day", $"{Format(asOf)}, {ratio:0.00} × current", ratio, 1.5);
        }
    }

    /// <summary>Prints the processor time of the registry for each answer with the API's document.</summary>
    private static async Task MeasureDocumentAsync(RegistryHost registry, HttpClient reader)
    {
        for (var i = 0; i < WarmUpRequests; i++)
            await reader.GetByteArrayAsync("/openapi/v1.json");
        using var process = Process.GetProcessById(registry.ProcessId);
        var before = process.TotalProcessorTime;
        for (var i = 0; i < Requests; i++)
            await reader.GetByteArrayAsync("/openapi/v1.json");
        process.Refresh();
        var each = (process.TotalProcessorTime - before).TotalMilliseconds / Requests;
        Figures.Print("GET /openapi/v1.json, processor time", $"{each:0.00} ms", each, DocumentLimitMilliseconds);
    }

    /// <summary>Fills the table by change requests, and prints the slowest of them.</summary>
    private static async Task FillAsync(RegistryHost registry)
    {
        using var editor = await CreateClientAsync(registry, "editor");
        using var approver = new StaffVisitor(registry.Http);
        var signIn = SignInLine().Match(registry.SignInLines.Single(line => line.Contains(" approver@", StringComparison.Ordinal)));
        if (!await approver.SignInAsync(signIn.Groups["name"].Value, signIn.Groups["password"].Value))
            throw new InvalidOperationException("The approver of the sample city cannot sign in.");
        await ChangeAsync(
            editor,
            approver,
            [
                .. Enumerable
                    .Range(0, Technologies)
                    .Select(i => PolicyDocument.For(new Technology($"technology-{i}", $"Technology {i}", null, null, null))),
            ]
        );
        var (slowestCheck, slowestCommit) = (0.0, 0.0);
        for (var batch = 0; batch < Batches; batch++)
        {
            var (check, commit) = await ChangeAsync(
                editor,
                approver,
                [.. Enumerable.Range(batch * InstrumentsInBatch, InstrumentsInBatch).Select(i => PolicyDocument.For(Instrument(i)))]
            );
            (slowestCheck, slowestCommit) = (Math.Max(slowestCheck, check), Math.Max(slowestCommit, commit));
        }

        Figures.Print("10,000 rows proposed and checked over HTTP, the slowest of 10", $"{slowestCheck:0.00} s", slowestCheck, 5);
        Figures.Print("… approved: recorded, entered into the ledger, all places notified", $"{slowestCommit:0.00} s", slowestCommit, 10);
    }

    private static Instrument Instrument(int number) =>
        new(
            $"law-{number:0000}",
            InstrumentKind.StateLaw,
            $"Law {number}",
            "No authority",
            [.. Enumerable.Range(1, Versions).Select(version => Version(number, version))]
        );

    private static InstrumentVersion Version(int instrument, int number) =>
        new(
            number,
            $"Law {instrument} as of {2000 + 2 * number}",
            new EffectivePeriod(
                LawDate.FromDay(2000 + 2 * number, 1, 1),
                To: number < Versions ? LawDate.FromDay(2002 + 2 * number, 1, 1) : null
            ),
            Passed: null,
            Signed: null,
            Filed: null,
            By: null,
            SupersededBy: null,
            new Source("Made for a measurement", null, new DateOnly(2026, 11, 23), Confidence.Sourced),
            [
                .. Enumerable
                    .Range(0, Technologies)
                    .Select(technology => new Rule(
                        $"technology-{technology}",
                        [],
                        [new Retention(RetentionBound.Minimum, number)],
                        [],
                        new RecordsAccess(RecordsAccessKind.NotKnown),
                        []
                    )),
            ]
        );

    /// <summary>Returns the seconds of proposing and submitting a change, and of its approval.</summary>
    private static async Task<(double Check, double Commit)> ChangeAsync(
        HttpClient editor,
        StaffVisitor approver,
        ImmutableArray<PolicyDocument> documents
    )
    {
        var content = string.Join(
            ',',
            documents.Select(document =>
                $$"""{"document":"{{Json.Word(document.Kind)}}","id":"{{document.Id}}","base":0,"content":{{document.Body}}}"""
            )
        );
        var body = $$"""
            {
              "reason": "Measured",
              "source": {"title": "Made for a measurement", "url": null, "readOn": "2026-11-23", "confidence": "sourced"},
              "documents": [{{content}}]
            }
            """;
        var clock = Stopwatch.StartNew();
        var id = await PostAsync(editor, "changes", body, null);
        await PostAsync(editor, $"changes/{id}/submit", "", "\"1\"");
        var check = clock.Elapsed.TotalSeconds;
        clock.Restart();
        var status = await approver.SubmitAsync($"/staff/changes/{id}", new() { ["version"] = "2", ["act"] = "approve" });
        if (status != HttpStatusCode.Redirect)
            throw new InvalidOperationException($"Change {id} was not approved: {status}.");
        return (check, clock.Elapsed.TotalSeconds);
    }

    /// <summary>Posts JSON and returns the id of the change in the answer.</summary>
    private static async Task<long> PostAsync(HttpClient client, string path, string body, string? ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(text).GetProperty("id").GetInt64()
            : throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {text[..Math.Min(text.Length, 400)]}");
    }

    /// <summary>Creates an access token by the command line, and a client that uses it.</summary>
    private static async Task<HttpClient> CreateClientAsync(RegistryHost registry, string role)
    {
        var (code, output, errors) = await Programs.CommandAsync(registry.Settings, "token", "create", "--role", role, "--json");
        if (code != 0)
            throw new InvalidOperationException(errors);
        var token = JsonSerializer.Deserialize<JsonElement>(output).GetProperty("token").GetString();
        return new HttpClient
        {
            BaseAddress = new Uri(registry.Http, "/api/v1/"),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
            Timeout = TimeSpan.FromMinutes(5),
        };
    }

    /// <summary>Returns the sorted milliseconds of the requests after a warm-up.</summary>
    private static async Task<double[]> MeasureRequestsAsync(HttpClient reader, Func<int, string> path)
    {
        var times = new List<double>();
        for (var i = -WarmUpRequests; i < Requests; i++)
        {
            var clock = Stopwatch.StartNew();
            using var answer = await reader.GetAsync(path(Math.Abs(i)));
            answer.EnsureSuccessStatusCode();
            if (i >= 0)
                times.Add(clock.Elapsed.TotalMilliseconds);
        }

        return [.. times.Order()];
    }

    private static string Format(double[] sorted) =>
        $"p50 {Figures.Percentile(sorted, 50):0.0} ms, "
        + $"p95 {Figures.Percentile(sorted, 95):0.0} ms, "
        + $"p99 {Figures.Percentile(sorted, 99):0.0} ms";

    [GeneratedRegex(@"as (?<name>\S+) with (?<password>\S+)")]
    private static partial Regex SignInLine();
}
