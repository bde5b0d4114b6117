namespace SurveillanceRegistry.Journeys.Tests.Day;

/// <summary>One attempt to make the city say less than is the case.</summary>
/// <param name="Name">What is tried, as a sentence.</param>
/// <param name="HasMicrophone">Whether the camera of the corner has a registered microphone.</param>
/// <param name="Act">What happens at the corner. It demands by itself what must be shown from some moment on.</param>
/// <param name="Demands">What every face must show after the act.</param>
/// <param name="OwnsTime">Whether the act moves the clocks of the screen and the telephone.</param>
internal sealed record Attempt(string Name, bool HasMicrophone, Func<Corner, Task> Act, string[] Demands, bool OwnsTime = false);
