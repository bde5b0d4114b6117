using System.Net;

namespace SurveillanceRegistry.Journeys.Tests.Day;

/// <summary>A clerk's program changes the register while a camera records. No other person has been at the corner.</summary>
internal static class ClerkAttempts
{
    private const string Removed = """{"lifecycle":"removed","reason":"It was taken down."}""",
        Struck = """{"sensors":["video"],"reason":"It has no microphone."}""",
        Moved = """{"place":"elsewhere","reason":"It was moved."}""";

    public static IEnumerable<Attempt> All =>
        [
            Recording("A clerk removes a camera that records", corner => corner.ChangeAsync(Removed)),
            Recording(
                "A clerk removes a camera, and it goes on and is refused",
                async corner =>
                {
                    await corner.ChangeAsync(Removed);
                    await corner.Camera.TryToSayAsync("""{"video":"off","audio":"recorded"}""");
                }
            ),
            Recording("A clerk strikes the microphone that records", corner => corner.ChangeAsync(Struck)),
            Recording(
                "A clerk strikes the microphone, and the camera says no word of it",
                async corner =>
                {
                    await corner.ChangeAsync(Struck);
                    await corner.Camera.TryToSayAsync("""{"video":"off"}""");
                }
            ),
            Recording("A clerk moves a camera that records", corner => corner.ChangeAsync(Moved)),
            Recording(
                "A clerk strikes the microphone and moves the camera",
                async corner =>
                {
                    await corner.ChangeAsync(Struck);
                    await corner.ChangeAsync(Moved);
                }
            ),
            Recording(
                "A clerk moves a camera and removes it there",
                async corner =>
                {
                    await corner.ChangeAsync(Moved);
                    await corner.ChangeAsync(Removed);
                }
            ),
            Recording(
                "A program confirms the absence of a camera that it removed",
                async corner =>
                {
                    await corner.ChangeAsync(Removed);
                    var body = $$"""{"place":"{{corner.Id}}","reason":"Nothing is there."}""";
                    var status = await corner.PostAsync($"devices/{corner.CameraId}/confirm-absence", body);
                    Assert.Equal(HttpStatusCode.Forbidden, status);
                }
            ),
            Recording(
                "A refused word clears what a camera reported, and a clerk strikes and moves",
                async corner =>
                {
                    await corner.Camera.TryAsync("no heartbeat");
                    await corner.ChangeAsync(Struck);
                    await corner.ChangeAsync(Moved);
                }
            ),
            Recording("A clerk pauses a camera that records", corner => corner.ChangeAsync("""{"lifecycle":"paused"}""")),
            Recording("A clerk sets a camera that records back to planned", corner => corner.ChangeAsync("""{"lifecycle":"planned"}""")),
            Recording("A clerk gives a camera a deadline of a day", corner => corner.ChangeAsync("""{"deadlineSeconds":86400}""")),
            Recording(
                "A clerk accepts heartbeats of any epoch again",
                async corner => await corner.PostAsync($"devices/{corner.CameraId}/forget-epoch", """{"reason":"Its clock fell."}""")
            ),
            new Attempt(
                "A clerk registers a microphone, and the camera has not spoken since",
                false,
                corner => corner.ChangeAsync("""{"sensors":["video","audio"],"reason":"It has a microphone."}"""),
                ["audio"]
            ),
            new Attempt(
                "A clerk registers another camera, which was never heard",
                false,
                async corner =>
                {
                    var body = $$"""
                        {"id":"second-{{corner.Id}}","kind":"facility-camera","sensors":["video","audio"],"place":"{{corner.Id}}",
                         "department":"facilities","lifecycle":"active","reason":"It was installed."}
                        """;
                    Assert.Equal(HttpStatusCode.Created, await corner.PostAsync("devices", body));
                },
                ["video", "audio"]
            ),
        ];

    private static Attempt Recording(string name, Func<Corner, Task> act) =>
        new(
            name,
            true,
            async corner =>
            {
                await corner.RecordsAsync("audio");
                await act(corner);
            },
            ["audio"]
        );
}
