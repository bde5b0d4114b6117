using System.Net;
using System.Text.Json;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Policies;

/// <summary>
/// A change of the rules, from the desk of an editor to the screen in the lobby: real people's browsers, the executable, PostgreSQL.
/// </summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class AmendmentTests(StaffedRegistry city)
{
    private const string Lobby = "east-precinct-lobby",
        Notice = "/kiosks/kiosk-east-precinct-lobby/notice";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_people_carry_a_change_to_a_kiosk_and_the_ledger_holds_every_step()
    {
        var editor = await city.SignInAsync("editor");
        await editor.GotoAsync("/staff/table?q=10.060&technology=facility-camera");
        await editor.ClickAsync("a[href='/staff/change/spd-manual-10.060/2/facility-camera']");
        await editor.ClickAsync("text=Correct version 2");
        await editor.SelectOptionAsync("#retention-0-bound", "limit");
        await editor.FillAsync("#retention-0-number", "45");
        await editor.SelectOptionAsync("#retention-0-class", "lobby footage");
        await editor.ClickAsync("main form button");
        await editor.FillAsync("#reason", "The chapter was amended to say how long lobby footage stays.");
        await editor.FillAsync("#source-title", "SPD Manual 10.060, as amended");
        await editor.ClickAsync("main form button");

        // Before the decision, the page shows what the public would see, in every language.
        await Expect(editor.Locator("main")).ToContainTextAsync("added a retention limit of 45 days (lobby footage)");
        await Expect(editor.Locator("ins").Filter(new() { HasText = "45 days" }).First).ToBeVisibleAsync();
        await Expect(editor.Locator("[lang=es] ins").Filter(new() { HasText = "45 días" }).First).ToBeVisibleAsync();
        await editor.ClickAsync("button[value=submit]");
        var request = new Uri(editor.Url).AbsolutePath;
        Assert.DoesNotContain("45 days", (await city.Host.GetAsync($"/api/v1/places/{Lobby}/notice")).ToString(), StringComparison.Ordinal);

        var approver = await city.SignInAsync("approver");
        await approver.GotoAsync(request);
        await approver.ClickAsync("button[value=approve]");
        await Expect(approver.Locator("h1")).ToContainTextAsync("in force");

        var kiosk = await city.VisitorPageAsync();
        await kiosk.GotoAsync($"/places/{Lobby}");
        await Expect(kiosk.Locator("main")).ToContainTextAsync("45 days");
        Assert.Contains("45 days", Payload(await city.Host.GetAsync(Notice)), StringComparison.Ordinal);

        var steps = await approver.Locator(".steps li").AllTextContentsAsync();
        Assert.Contains(steps, step => step.Contains("Sample Editor drafted", StringComparison.Ordinal));
        Assert.Contains(steps, step => step.Contains("Sample Approver approved", StringComparison.Ordinal));
        await AssertLedgerHoldsEveryStepAndNoNameAsync(request.Split('/')[^1]);
    }

    private async Task AssertLedgerHoldsEveryStepAndNoNameAsync(string id)
    {
        var kinds = new List<string>();
        await using var database = new NpgsqlConnection(await city.Host.ConnectionStringAsync());
        await database.OpenAsync(Cancellation);
        await using (
            var command = new NpgsqlCommand(
                "select kind from registry.ledger_entry "
                    + "where convert_from(bytes, 'UTF8')::jsonb -> 'body' ->> 'change' = $1 order by index",
                database
            )
            {
                Parameters = { new() { Value = id } },
            }
        )
        await using (var rows = await command.ExecuteReaderAsync(Cancellation))
        {
            while (await rows.ReadAsync(Cancellation))
                kinds.Add(rows.GetString(0));
        }

        Assert.Equal(["change-drafted", "change-revised", "change-submitted", "change-approved", "document-recorded"], kinds);
        // Names are stored outside the ledger.
        await using var names = new NpgsqlCommand(
            "select count(*) from registry.ledger_entry "
                + "where convert_from(bytes, 'UTF8') ilike '%sample editor%' or convert_from(bytes, 'UTF8') ilike '%@sample-city%'",
            database
        );
        Assert.Equal(0L, await names.ExecuteScalarAsync(Cancellation));
        var (code, output, errors) = await Programs.CommandAsync(city.Host.Settings, "ledger", "verify");
        Assert.True(code == 0, output + errors);
    }

    [Fact]
    public async Task A_program_decides_no_change_by_API_or_in_the_database()
    {
        using var both = await city.ApiClientAsync("editor", "approver");
        var (_, _, drafted) = await StaffedRegistry.SendAsync(
            both,
            "changes",
            StaffedRegistry.RetentionChange("spd-manual-16.090", "body-worn-video", 2, 1, 365)
        );
        var id = drafted.GetProperty("id").GetInt64();
        var (_, etag, _) = await StaffedRegistry.SendAsync(both, $"changes/{id}/submit", null, "\"1\"");
        using var approver = await city.ApiClientAsync("approver");
        foreach (var program in (HttpClient[])[both, approver])
        {
            foreach (var act in (string[])["approve", "reject"])
            {
                var (status, _, problem) = await StaffedRegistry.SendAsync(program, $"changes/{id}/{act}", """{"note":"No."}""", etag);
                Assert.Equal((403, "/problems/program-decides"), (status, problem.GetProperty("type").GetString()));
            }
        }

        Assert.Equal("submitted", (await StaffedRegistry.GetJsonAsync(both, $"changes/{id}")).GetProperty("state").GetString());

        await using var database = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(await city.Host.ConnectionStringAsync()) { Username = "registry_service" }.ConnectionString
        );
        await database.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(
            "update registry.change_request set state = 'approved', decider = author, decided_at = now() where id = $1",
            database
        )
        {
            Parameters = { new() { Value = id } },
        };
        Assert.Equal(
            "a_program_never_decides",
            (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancellation))).ConstraintName
        );
    }

    [Fact]
    public async Task A_person_who_is_editor_and_approver_cannot_approve_their_own_request()
    {
        await city.AddStaffAsync("both", "editor", "approver");
        var page = await city.SignInAsync("both");
        await page.GotoAsync("/staff/edit/spd-manual-16.090/2/body-worn-video");
        await page.SelectOptionAsync("#retention-0-bound", "limit");
        await page.FillAsync("#retention-0-number", "366");
        await page.ClickAsync("main form button");
        await page.FillAsync("#reason", "My own.");
        await page.FillAsync("#source-title", "The text");
        await page.ClickAsync("main form button");
        await page.ClickAsync("button[value=submit]");
        await Expect(page.Locator("main")).ToContainTextAsync("This is your own request");
        var answer = await page.RunAndWaitForResponseAsync(
            () => page.ClickAsync("button[value=approve]"),
            response => response.Request.Method == "POST"
        );
        Assert.Equal(403, answer.Status);
        await Expect(page.Locator("[role=alert]")).ToContainTextAsync("Nobody decides their own request");
    }

    [Fact]
    public async Task The_service_s_role_can_neither_bypass_approval_nor_change_the_ledger()
    {
        await using var database = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(await city.Host.ConnectionStringAsync()) { Username = "registry_service" }.ConnectionString
        );
        await database.OpenAsync(Cancellation);
        foreach (
            var sql in (string[])
                [
                    "update registry.ledger_entry set bytes = bytes",
                    "delete from registry.ledger_entry",
                    "truncate registry.ledger_entry",
                    "insert into registry.ledger_entry "
                        + "select index + 1000000, at, kind, bytes, leaf_hash from registry.ledger_entry limit 1",
                    "update registry.ledger_head set size = 0",
                    "delete from registry.revision",
                    "update registry.revision set body = '{}'",
                    "delete from registry.notice",
                    "drop table registry.ledger_entry",
                    "alter table registry.ledger_entry disable trigger all",
                ]
        )
        {
            await using var command = new NpgsqlCommand(sql, database);
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancellation))).SqlState);
        }

        await using var past = new NpgsqlCommand(
            "insert into registry.revision select kind, id, number + 1, position, recorded_at, entry, null, body "
                + "from registry.revision where kind = 'city' order by number desc limit 1",
            database
        );
        Assert.Equal("23514", (await Assert.ThrowsAsync<PostgresException>(() => past.ExecuteNonQueryAsync(Cancellation))).SqlState);
    }

    [Fact]
    public async Task A_stale_version_or_a_reused_key_with_another_body_is_refused()
    {
        using var editor = await city.ApiClientAsync("editor");
        var body = StaffedRegistry.RetentionChange("smc-14.12", "law-enforcement-information", 1, 1, 180);
        var first = await StaffedRegistry.SendAsync(editor, "changes", body, key: "one");
        var again = await StaffedRegistry.SendAsync(editor, "changes", body, key: "one");
        Assert.Equal((201, 201), (first.Status, again.Status));
        Assert.Equal(first.Answer.GetProperty("id").GetInt64(), again.Answer.GetProperty("id").GetInt64());
        Assert.Equal(first.ETag, again.ETag);
        var other = await StaffedRegistry.SendAsync(
            editor,
            "changes",
            StaffedRegistry.RetentionChange("smc-14.12", "law-enforcement-information", 1, 1, 181),
            key: "one"
        );
        Assert.Equal((422, "/problems/key-reused"), (other.Status, other.Answer.GetProperty("type").GetString()));

        var id = first.Answer.GetProperty("id").GetInt64();
        Assert.Equal(428, (await StaffedRegistry.SendAsync(editor, $"changes/{id}/submit", null)).Status);
        Assert.Equal(412, (await StaffedRegistry.SendAsync(editor, $"changes/{id}/submit", null, "\"7\"")).Status);
        Assert.Equal(412, (await StaffedRegistry.SendAsync(editor, $"changes/{id}", body, "W/\"1\"", method: HttpMethod.Put)).Status);
        Assert.Equal("draft", (await StaffedRegistry.GetJsonAsync(editor, $"changes/{id}")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_change_is_approved_once_when_two_approvers_press_at_once()
    {
        using var editor = await city.ApiClientAsync("editor");
        var (_, _, drafted) = await StaffedRegistry.SendAsync(
            editor,
            "changes",
            StaffedRegistry.RetentionChange("smc-11.50.570", "automated-traffic-safety-camera", 1, 1, 30)
        );
        var id = drafted.GetProperty("id").GetInt64();
        await StaffedRegistry.SendAsync(editor, $"changes/{id}/submit", null, "\"1\"");
        await city.AddStaffAsync("second-approver", "approver");
        var answers = await Task.WhenAll(city.ApproveAsync("approver", id), city.ApproveAsync("second-approver", id));
        Assert.Equal([HttpStatusCode.Redirect, HttpStatusCode.Conflict], answers.Select(answer => answer.Single()).Order());
    }

    [Fact]
    public async Task One_of_eight_competing_changes_is_recorded_and_seven_are_refused_as_stale()
    {
        using var reader = await city.ApiClientAsync("editor");
        const string Document = "documents/instrument/rcw-10.122";
        var before = (await StaffedRegistry.GetJsonAsync(reader, Document)).GetProperty("revision").GetInt32();
        var requests = await Task.WhenAll(
            Enumerable
                .Range(1, 8)
                .Select(async days =>
                {
                    using var editor = await city.ApiClientAsync("editor");
                    var (_, _, drafted) = await StaffedRegistry.SendAsync(
                        editor,
                        "changes",
                        StaffedRegistry.RetentionChange("rcw-10.122", "interview-room-camera", 1, before, days)
                    );
                    var id = drafted.GetProperty("id").GetInt64();
                    await StaffedRegistry.SendAsync(editor, $"changes/{id}/submit", null, "\"1\"");
                    return id;
                })
        );
        var answers = await city.ApproveAsync("approver", requests);
        Assert.Equal(1, answers.Count(answer => answer == HttpStatusCode.Redirect));
        Assert.All(answers.Where(answer => answer != HttpStatusCode.Redirect), answer => Assert.Equal(HttpStatusCode.Conflict, answer));
        Assert.Equal(before + 1, (await StaffedRegistry.GetJsonAsync(reader, Document)).GetProperty("revision").GetInt32());
        var (code, output, errors) = await Programs.CommandAsync(city.Host.Settings, "ledger", "verify");
        Assert.True(code == 0, output + errors);
    }

    private static string Payload(JsonElement notice)
    {
        var payload = notice.GetProperty("payload").GetString()!.Replace('-', '+').Replace('_', '/');
        return System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(payload.PadRight((payload.Length + 3) / 4 * 4, '=')));
    }
}
