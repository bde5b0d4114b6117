using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Delivery.Mail;

/// <summary>Sends the mails of the outbox whose time has come.</summary>
internal sealed class MailDeliveryTask(
    IOutbox outbox,
    IMailSender sender,
    PublicAddress publicAddress,
    TimeProvider time,
    ILogger<MailDeliveryTask> logger
) : IPeriodicTask
{
    private const int MostAtOnce = 20;

    private const int MostConnections = 4;

    public TimeSpan Interval { get; } = TimeSpan.FromSeconds(3);

    public bool StartsAfterListeners => true;

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        if (!sender.IsSetUp)
            return;
        var due = await outbox.ClaimMailAsync(time.GetUtcNow(), MostAtOnce, cancellationToken);
        var bounds = new ParallelOptions { MaxDegreeOfParallelism = MostConnections, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(due, bounds, async (mail, cancellation) => await DeliverAsync(mail, cancellation));
    }

    public void OnFailed(Exception failure) =>
        logger.LogWarning(failure, "Mails that wait could not be sent; the next attempt is in {Seconds} s.", Interval.TotalSeconds);

    /// <summary>The page that ends all mail to one address.</summary>
    public static string StopAddress(PublicAddress publicAddress, string token) => $"{publicAddress.Url}/staff/stop-mail/{token}";

    private async Task DeliverAsync(MailDelivery mail, CancellationToken cancellationToken)
    {
        var text = new MailText(mail.Message, mail.Address, mail.Occasion.Sentence, Write(mail), mail.StopToken);
        var result = await sender.SendAsync(text, cancellationToken);
        await outbox.ConcludeAsync(mail.Id, mail.Attempts, result, time.GetUtcNow(), cancellationToken);
        if (result.End != DeliveryEnd.Delivered)
            logger.LogWarning(
                "A mail of message {Message} was not sent at attempt {Attempts}: {Result}. It is sent again until {Most} attempts failed.",
                mail.Message,
                mail.Attempts,
                result.Word,
                RetrySchedule.MaxAttempts
            );
    }

    private string Write(MailDelivery mail) =>
        $"""
            {mail.Occasion.Sentence}

            {publicAddress.Url}{mail.Occasion.Path}

            You chose this mail on your account page: {publicAddress.Url}/staff/account/mail
            To get no mail any more: {StopAddress(publicAddress, mail.StopToken)}

            """;
}
