using System.Text.Json;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>What a clerk does so that a test need not wait for long.</summary>
internal static class Deadlines
{
    /// <summary>Gives a device the shortest deadline that there is, through the API.</summary>
    public static async Task ShortenDeadlineAsync(this RegistryHost house, string deviceId)
    {
        var (code, output, errors) = await Programs.VerbAsync(house.Settings, "token", "create", "--role", "device-clerk", "--json");
        Assert.True(code == 0, errors);
        using var clerk = new HttpClient
        {
            BaseAddress = new Uri(house.Http, "/api/v1/"),
            DefaultRequestHeaders =
            {
                Authorization = new("Bearer", JsonDocument.Parse(output).RootElement.GetProperty("token").GetString()),
            },
        };
        using var before = await clerk.GetAsync("devices/" + deviceId);
        var (status, _, answer) = await StaffedRegistry.SendAsync(
            clerk,
            "devices/" + deviceId,
            """{"deadlineSeconds":10}""",
            before.Headers.ETag!.ToString(),
            method: HttpMethod.Patch
        );
        Assert.True(status == 200, answer.ToString());
    }
}
