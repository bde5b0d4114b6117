using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;
using SurveillanceRegistry.Web.Tests.Staff.Devices;

namespace SurveillanceRegistry.Web.Tests.Records;

/// <summary>Legal holds by program: a program places them, and a person ends them.</summary>
[Collection(DeviceStaffPages.Name)]
public sealed class HoldsApiTests(StaffedCity staffed)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_of_a_records_officer_places_a_hold_and_lists_it()
    {
        var (status, placed) = await SendAsync(Role.RecordsOfficer, """{"records":"heartbeats","reference":"Case 26-2-01"}""");
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(("Case 26-2-01", null), ((string?)placed!["reference"], (string?)placed["releasedAt"]));
        var (_, all) = await SendAsync(Role.Auditor, null);
        Assert.Contains(all!["items"]!.AsArray(), hold => (long?)hold!["id"] == (long?)placed["id"]);
    }

    [Theory]
    [InlineData(Role.RecordsOfficer, """{"reference":"Case 26-2-01"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData(Role.RecordsOfficer, """{"records":"heartbeats"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData(Role.RecordsOfficer, """{"records":"ledger","reference":"x"}""", HttpStatusCode.UnprocessableEntity)]
    [InlineData(Role.Administrator, """{"records":"heartbeats","reference":"x"}""", HttpStatusCode.Forbidden)]
    public async Task A_hold_without_its_parts_or_its_officer_is_refused(Role role, string body, HttpStatusCode expected) =>
        Assert.Equal(expected, (await SendAsync(role, body)).Status);

    private async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(Role role, string? body)
    {
        var (_, token, _) = staffed.City.Staff.AddWithToken($"program-{Guid.NewGuid():n}", role);
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, "/api/v1/holds");
        request.Headers.Authorization = new("Bearer", token);
        if (body is not null)
            request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await staffed.City.Reader.SendAsync(request, Cancellation);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation));
    }
}
